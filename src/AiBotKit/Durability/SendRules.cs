namespace AiBotKit.Durability;

/// <summary>Which open row of a conversation may go next. Pure.</summary>
internal static class SendRules
{
    /// <summary>An unconfirmed row holds later rows of its conversation for this long at most.</summary>
    public static readonly TimeSpan UnconfirmedHolds = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Rows go in order. An AI row waits for everything before it; a person's message waits only for persons' messages.
    /// </summary>
    /// <param name="open">Open rows in order.</param>
    /// <returns>The row to send now, or when to look again (null: nothing to do until something changes).</returns>
    public static (OpenSend? Row, DateTimeOffset? LookAgainAt) Next(IReadOnlyList<OpenSend> open, DateTimeOffset now)
    {
        DateTimeOffset? again = null;
        var aiBlocked = false;
        var personBlocked = false;
        foreach (var row in open)
        {
            var blocked = row.Author == SendAuthor.Person ? personBlocked : aiBlocked || personBlocked;
            if (row.State == OutboxState.New && !blocked)
            {
                if (row.DueAt <= now)
                {
                    return (row, null);
                }

                again = Earlier(again, row.DueAt);
            }

            if (row.State == OutboxState.Unconfirmed)
            {
                // A start in the future is of a clock that was set back since; the sweep corrects it.
                var until = (row.StartedAt is { } started && started < now ? started : now) + UnconfirmedHolds;
                if (until <= now)
                {
                    continue;
                }

                again = Earlier(again, until);
            }

            aiBlocked = true;
            personBlocked |= row.Author == SendAuthor.Person;
        }

        return (null, again);
    }

    private static DateTimeOffset Earlier(DateTimeOffset? known, DateTimeOffset candidate) => known is { } k && k < candidate ? k : candidate;
}
