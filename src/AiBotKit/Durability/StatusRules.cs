namespace AiBotKit.Durability;

/// <summary>
/// Delivery statuses form a ladder: sent, failed, delivered, read, played. A hand-over only climbs, so the end does not depend on the
/// order in which statuses arrive (wire facts section 4, F19). A failure reported after delivery is noise. Pure.
/// </summary>
internal static class StatusRules
{
    /// <summary>The status after <paramref name="reported"/>; the same value when it changes nothing.</summary>
    public static MessageStatus Next(MessageStatus current, DeliveryStatus reported)
    {
        var next = (MessageStatus)(int)reported;
        return Rank(next) > Rank(current) ? next : current;
    }

    /// <summary>
    /// What the hand-overs of one message say together: the furthest that any of them reached. Failed only when the latest failed and none
    /// left; null when they say nothing yet.
    /// </summary>
    /// <param name="attempts">The status of each hand-over in order; null for one without a status.</param>
    public static MessageStatus? Of(IReadOnlyList<MessageStatus?> attempts)
    {
        MessageStatus? furthest = null;
        foreach (var attempt in attempts)
        {
            if (attempt is { } status and not MessageStatus.Failed && (furthest is not { } known || Rank(status) > Rank(known)))
            {
                furthest = status;
            }
        }

        return furthest ?? (attempts is [.., MessageStatus.Failed] ? MessageStatus.Failed : null);
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
