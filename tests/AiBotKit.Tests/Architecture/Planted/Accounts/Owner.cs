using AiBotKit.Tests.Architecture.Planted.Knowledge;

namespace AiBotKit.Tests.Architecture.Planted.Accounts;

/// <summary>Forbidden: with <see cref="Taught"/> a cycle, and against the order.</summary>
internal sealed record Owner(Taught? Taught);
