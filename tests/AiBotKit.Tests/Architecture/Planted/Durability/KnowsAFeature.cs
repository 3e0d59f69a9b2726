using AiBotKit.Tests.Architecture.Planted.Conversations;

namespace AiBotKit.Tests.Architecture.Planted.Durability;

/// <summary>Forbidden: the platform knows no feature.</summary>
internal sealed record KnowsAFeature(KnowsAChannel Conversation);
