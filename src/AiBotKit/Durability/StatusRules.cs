namespace AiBotKit.Durability;

/// <summary>
/// Delivery statuses form a ladder: sent, failed, delivered, read, played. A message only climbs, so the end does not depend on the
/// order in which statuses arrive (wire facts section 4, F19). A failure reported after delivery is noise.
/// </summary>
internal static class StatusRules
{
    /// <summary>The message's status after <paramref name="reported"/>; the same value when it changes nothing.</summary>
    public static MessageStatus Next(MessageStatus current, DeliveryStatus reported)
    {
        var next = (MessageStatus)(int)reported;
        return Rank(next) > Rank(current) ? next : current;
    }

    private static int Rank(MessageStatus status) => status switch
    {
        MessageStatus.Sent => 1,
        MessageStatus.Failed => 2,
        MessageStatus.Delivered => 3,
        MessageStatus.Read => 4,
        MessageStatus.Played => 5,
        _ => 0,
    };
}
