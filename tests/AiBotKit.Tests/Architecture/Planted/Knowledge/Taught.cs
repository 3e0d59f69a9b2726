using AiBotKit.Tests.Architecture.Planted.Accounts;

namespace AiBotKit.Tests.Architecture.Planted.Knowledge;

internal sealed record Taught(Owner? Owner);
