namespace AiBotKit.Conversations.Team;

/// <summary>What a label may be.</summary>
internal static class LabelRules
{
    /// <summary>UTF-16 units of one label.</summary>
    public const int Longest = 24;

    /// <summary>Labels of one conversation.</summary>
    public const int Most = 8;

    /// <summary>White space put in order, and each label once, in the order given.</summary>
    public static IReadOnlyList<string> Clean(IEnumerable<string?> names) =>
        [.. names.Select(name => string.Join(' ', (name ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).Where(name => name.Length > 0).DistinctBy(Key)];

    /// <summary>Why these cannot be the labels of a conversation; null when they can.</summary>
    public static string? Problem(IReadOnlyList<string> names) => names switch
    {
        { Count: > Most } => $"A conversation has at most {Most} labels.",
        _ when names.Any(name => name.Length > Longest) => $"A label has at most {Longest} characters.",
        _ when names.Any(name => name.Any(char.IsControl)) => "A label is one line of plain text.",
        _ => null,
    };

    public static string Key(string name) => name.ToUpperInvariant();
}
