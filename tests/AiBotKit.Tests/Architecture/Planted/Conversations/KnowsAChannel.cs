using AiBotKit.Tests.Architecture.Planted.Channels.WhatsApp;

namespace AiBotKit.Tests.Architecture.Planted.Conversations;

/// <summary>Forbidden: conversations know no channel.</summary>
internal sealed record KnowsAChannel(Wire Wire);
