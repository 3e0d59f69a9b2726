using AiBotKit.Tests.Architecture.Planted.Accounts;

namespace AiBotKit.Tests.Architecture.Planted.Channels.WhatsApp;

/// <summary>An allowed arrow: a channel uses the account.</summary>
internal sealed record Wire(Owner? Owner);
