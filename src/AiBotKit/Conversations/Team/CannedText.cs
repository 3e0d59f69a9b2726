using System.Text.RegularExpressions;

namespace AiBotKit.Conversations.Team;

/// <summary>What a canned reply may say, and what its variables become. Pure.</summary>
internal static partial class CannedText
{
    /// <summary>UTF-16 units, as a WhatsApp text.</summary>
    public const int Longest = 4096;

    public const int LongestShortcut = 32;

    /// <summary>Of one account: what a person can choose from.</summary>
    public const int Most = 500;

    /// <summary>Name and meaning of each variable. After a bar stands what is said when nothing is known: <c>{first_name|there}</c>.</summary>
    public static IReadOnlyList<(string Name, string Meaning)> Variables { get; } =
    [
        ("first_name", "the customer’s first name"),
        ("name", "the customer’s name"),
        ("number", "the customer’s number"),
        ("agent", "your own name"),
        ("chatbot", "the chatbot’s name"),
    ];

    /// <summary>As it is stored: without a slash before it, in lower case.</summary>
    public static string Shortcut(string? given) => (given ?? "").Trim().TrimStart('/').ToLowerInvariant();

    /// <summary>Why this is no canned reply; null when it is one.</summary>
    /// <param name="shortcut">As <see cref="Shortcut"/> leaves it.</param>
    public static string? Problem(string shortcut, string? text) => (shortcut, text) switch
    {
        _ when !Word().IsMatch(shortcut) => $"A shortcut has 1 to {LongestShortcut} letters, digits, - or _, and no space.",
        (_, null) => "A canned reply needs words.",
        _ when string.IsNullOrWhiteSpace(text) => "A canned reply needs words.",
        _ when text.Length > Longest => $"A canned reply has at most {Longest} characters.",
        _ => Unknown(text) is { } name ? $"There is no variable {{{name}}}. There are {string.Join(", ", Variables.Select(v => $"{{{v.Name}}}"))}." : null,
    };

    /// <summary>The text with what is known in its variables' places.</summary>
    public static string Fill(string text, CannedValues values) => Variable().Replace(text, match =>
        values.Of(match.Groups["name"].Value) is { Length: > 0 } known ? known : match.Groups["else"].Value);

    private static string? Unknown(string text) =>
        Variable().Matches(text).Select(match => match.Groups["name"].Value).FirstOrDefault(name => Variables.All(known => known.Name != name));

    [GeneratedRegex(@"^[\p{L}\p{M}\p{Nd}_-]{1,32}$", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex(@"\{(?<name>[a-z_]{1,32})(?:\|(?<else>[^{}\n]{0,60}))?\}", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}

/// <summary>What is known when a canned reply is called up.</summary>
internal sealed record CannedValues(string? Name, string? Number, string Agent, string Chatbot)
{
    /// <summary>The value of a variable; empty when nothing is known.</summary>
    public string Of(string variable) => variable switch
    {
        "first_name" => (Name ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var first, ..] ? first : "",
        "name" => Name ?? "",
        "number" => Number ?? "",
        "agent" => Agent,
        "chatbot" => Chatbot,
        _ => "",
    };
}
