namespace AiBotKit.Durability;

/// <summary>
/// The time by which the messages of a conversation are ordered, in whole seconds as the provider's clock has them (wire facts 8); arrival numbers
/// decide within a second. Ours are cut to the second too: a customer's message is never shown before the reply that it followed.
/// </summary>
internal static class MessageTime
{
    public static DateTimeOffset Of(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
