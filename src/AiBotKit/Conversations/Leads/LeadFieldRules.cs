using System.Text.RegularExpressions;
using AiBotKit.Accounts;
using AiBotKit.Assistant;

namespace AiBotKit.Conversations.Leads;

/// <summary>What counts as a name, an e-mail address, a phone number and an answer, found in what a customer wrote. Pure.</summary>
internal static partial class LeadFieldRules
{
    /// <summary>E.164 allows 15; fewer than 7 reach nobody.</summary>
    private const int LeastDigits = 7;

    private const int MostDigits = 15;
    private const int MostWordsOfName = 5;
    private const int LongestAnswer = 500;

    /// <summary>A line of so many words that is not what was asked for says something else.</summary>
    private const int WordsOfSpeech = 4;

    private static readonly string[] Introductions =
    [
        "my name is", "the name is", "name is", "i am", "i'm", "i’m", "this is", "it's", "call me", "name:",
        "me llamo", "mi nombre es", "soy", "nombre:", "je m'appelle", "je m’appelle", "mon nom est", "je suis", "nom:", "ich heiße", "ich heisse", "mein name ist", "ich bin", "name ist",
        "meu nome é", "o meu nome é", "chamo-me", "me chamo", "eu sou", "sou", "nome:", "mi chiamo", "il mio nome è", "sono", "اسمي هو", "اسمي", "أنا", "मेरा नाम है", "मेरा नाम", "मैं",
    ];

    /// <summary>The first e-mail address in the text, and the text without it.</summary>
    public static (string? Value, string Without) Email(string text)
    {
        var match = Address().Match(text);
        return match.Success && match.Value.Length <= PersonRules.LongestEmail && PersonRules.EmailProblem(PersonRules.Email(match.Value)) is null
            ? (PersonRules.Email(match.Value), Without(text, match))
            : (null, text);
    }

    /// <summary>The first phone number in the text, digits behind a plus where one was written (or 00), and the text without it.</summary>
    public static (string? Value, string Without) Phone(string text)
    {
        foreach (Match match in Number().Matches(Plain(text)))
        {
            var digits = string.Concat(match.Value.Where(char.IsAsciiDigit));
            var international = match.Value.StartsWith('+');
            if (!international && digits.StartsWith("00", StringComparison.Ordinal))
            {
                (international, digits) = (true, digits[2..]);
            }

            if (digits.Length is >= LeastDigits and <= MostDigits)
            {
                return ((international ? "+" : "") + digits, Without(text, match));
            }
        }

        return (null, text);
    }

    /// <summary>A name, without "my name is" and the like; null when the text is none.</summary>
    public static string? Name(string text)
    {
        var name = Introduced(text) ?? Trimmed(text.ReplaceLineEndings(" "));
        return name.Length is > 0 and <= PersonRules.LongestName && name.Any(char.IsLetter) && !name.Any(c => char.IsControl(c) || char.IsDigit(c) || c is '@' or '/' or '?' or '<' or '>') && TextRules.Words(name).Count <= MostWordsOfName
            ? name
            : null;
    }

    /// <summary>What stands behind "my name is" and the like; null without such words.</summary>
    public static string? Introduced(string text)
    {
        var name = Trimmed(text.ReplaceLineEndings(" "));
        var introduction = Introductions.FirstOrDefault(
            one => name.Length > one.Length && name.StartsWith(one, StringComparison.OrdinalIgnoreCase) && (one.EndsWith(':') || !(char.IsLetter(name[one.Length]) || char.GetUnicodeCategory(name[one.Length]) is System.Globalization.UnicodeCategory.SpacingCombiningMark)));
        return introduction is null ? null : WithoutVerb(Trimmed(name[introduction.Length..]));
    }

    /// <summary>An answer to one of the owner's own questions; null when it is none.</summary>
    public static string? Own(string text) => text.Trim() is { Length: > 0 and <= LongestAnswer } answer && answer.Any(char.IsLetterOrDigit) ? answer : null;

    /// <summary>Whether a text that does not hold what was asked for is about something else altogether.</summary>
    public static bool IsSpeech(string text) => TextRules.Words(text).Count >= WordsOfSpeech;

    /// <summary>The number that WhatsApp knows a customer by; null when there is only a user id.</summary>
    public static string? KnownPhone(string address) => address.Length is >= LeastDigits and <= MostDigits && address.All(char.IsAsciiDigit) ? "+" + address : null;

    /// <summary>Hindi says "my name Ravi is".</summary>
    private static string WithoutVerb(string name) => name.EndsWith(" है", StringComparison.Ordinal) ? Trimmed(name[..^" है".Length]) : name;

    private static string Trimmed(string text) => text.Trim(' ', '\t', '.', ',', ';', ':', '!', '-', '"', '\'', '«', '»', '“', '”', '،', '।');

    private static string Without(string text, Match match) => Trimmed(text.Remove(match.Index, match.Length));

    /// <summary>Digits of every script as 0-9, character for character.</summary>
    private static string Plain(string text) => string.Concat(text.Select(c => char.IsDigit(c) ? (char)('0' + (int)char.GetNumericValue(c)) : c));

    [GeneratedRegex(@"[^\s@<>(),;:""\[\]]{1,64}@[^\s@<>(),;:""\[\]]{1,190}\.[^\s@<>(),;:""\[\].]{2,24}")]
    private static partial Regex Address();

    [GeneratedRegex(@"\+?[0-9(][0-9 ()./\u00A0-]{5,24}[0-9]")]
    private static partial Regex Number();
}
