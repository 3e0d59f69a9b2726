namespace AiBotKit.Conversations.Team;

/// <summary>What a person sees of the others at the same conversation.</summary>
/// <param name="Here">Names of those who look on.</param>
/// <param name="Writing">Who presses keys just now; null when nobody does.</param>
/// <param name="Claimed">Who began to write before the viewer did and has not given up: the answer is theirs. Null when the viewer may write undisturbed.</param>
/// <param name="Answered">Who answered the customer while the viewer was writing.</param>
internal sealed record PresenceView(IReadOnlyList<string> Here, string? Writing, string? Claimed, string? Answered)
{
    public static PresenceView Alone { get; } = new([], null, null, null);

    /// <summary>The viewer is about to answer beside somebody else.</summary>
    public bool Collides { get; init; }

    public bool Says(PresenceView other) => Here.SequenceEqual(other.Here) && (Writing, Claimed, Answered, Collides) == (other.Writing, other.Claimed, other.Answered, other.Collides);
}

/// <summary>Who is writing, and whose the answer is. Pure.</summary>
internal static class PresenceRules
{
    /// <summary>So long after a keystroke somebody counts as writing.</summary>
    public static readonly TimeSpan Writing = TimeSpan.FromSeconds(8);

    /// <summary>So long without a keystroke a begun text keeps the others away.</summary>
    public static readonly TimeSpan Claim = TimeSpan.FromMinutes(2);

    public static Present Typed(Present me, bool hasText, DateTimeOffset now) =>
        !hasText ? me with { WritingSince = null, TypedAt = null }
        : me with { WritingSince = me.WritingSince is { } since && now - me.TypedAt < Claim ? since : now, TypedAt = now };

    /// <param name="lastSaid">The latest message of a person to the customer: who wrote it and when.</param>
    public static PresenceView Of(Present me, IReadOnlyList<Present> others, (string Name, DateTimeOffset At)? lastSaid, DateTimeOffset now)
    {
        // Two pages of one person are one person.
        var people = others.Where(other => other.Person is null || other.Person != me.Person).OrderBy(other => other.Since)
            .GroupBy(other => other.Person ?? other.Seat).Select(pages => pages.OrderByDescending(page => page.TypedAt ?? DateTimeOffset.MinValue).First()).ToList();
        var claims = people.Where(other => other.WritingSince is not null && now - other.TypedAt < Claim).OrderBy(other => other.WritingSince).ToList();
        var first = claims.FirstOrDefault();
        var mine = me.WritingSince is { } since && now - me.TypedAt < Claim ? since : (DateTimeOffset?)null;
        return new PresenceView(
            [.. people.Select(other => other.Name)],
            claims.Find(other => now - other.TypedAt < Writing)?.Name,
            first is not null && (mine is null || first.WritingSince <= mine) ? first.Name : null,
            me.WritingSince is { } begun && lastSaid is { } said && said.At > begun && said.Name != me.Name ? said.Name : null)
        {
            Collides = mine is not null && first is not null,
        };
    }
}
