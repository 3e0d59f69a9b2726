using System.Collections.Frozen;
using System.Globalization;

namespace AiBotKit.Chatbots;

/// <summary>What a person may set of a chatbot; trimmed by <see cref="ChatbotRules.Clean"/>.</summary>
/// <param name="Language">ISO 639-1 code out of <see cref="ChatbotRules.Languages"/>; null = the customer's own.</param>
/// <param name="TimeZone">IANA name.</param>
/// <param name="TakeoverHours">0 = a takeover lasts until it is handed back.</param>
public sealed record ChatbotValues(
    string Name, string Instructions, ChatbotTone Tone, string? Language, string TimeZone, string FallbackMessage, string Disclosure, AnswerScope AnswerScope, string BannedWords, string BannedWordsMessage,
    int TakeoverHours = Chatbot.DefaultTakeoverHours)
{
    /// <summary>A new chatbot before anybody has said more than its name.</summary>
    public static ChatbotValues New(string name) =>
        new(name, "", ChatbotTone.Friendly, null, "UTC", Chatbot.DefaultFallbackMessage, Chatbot.DefaultDisclosure, AnswerScope.KnowledgeOnly, "", Chatbot.DefaultBannedWordsMessage);

    internal static ChatbotValues Of(Chatbot chatbot) => new(
        chatbot.Name, chatbot.Instructions, chatbot.Tone, chatbot.Language, chatbot.TimeZone, chatbot.FallbackMessage, chatbot.Disclosure, chatbot.AnswerScope,
        chatbot.BannedWords, chatbot.BannedWordsMessage, chatbot.TakeoverHours ?? 0);

    internal void CopyTo(Chatbot chatbot)
    {
        chatbot.Name = Name;
        chatbot.Instructions = Instructions;
        chatbot.Tone = Tone;
        chatbot.Language = Language;
        chatbot.TimeZone = TimeZone;
        chatbot.FallbackMessage = FallbackMessage;
        chatbot.Disclosure = Disclosure;
        chatbot.AnswerScope = AnswerScope;
        chatbot.BannedWords = BannedWords;
        chatbot.BannedWordsMessage = BannedWordsMessage;
        chatbot.TakeoverHours = TakeoverHours == 0 ? null : TakeoverHours;
    }
}

/// <summary>What a chatbot's values may be.</summary>
internal static class ChatbotRules
{
    public const int MaxName = 80;
    public const int MaxInstructions = 8_000;

    /// <summary>One WhatsApp bubble, with room for the disclosure.</summary>
    public const int MaxFallbackMessage = 1_000;

    public const int MaxDisclosure = 200;

    /// <summary>Characters of all banned words together.</summary>
    public const int MaxBannedWords = 4_000;

    /// <summary>Thirty days.</summary>
    public const int MaxTakeoverHours = 720;

    /// <summary>What the REST API and the form call "no language of its own".</summary>
    public const string CustomersLanguage = "auto";

    /// <summary>Languages that can be chosen for answers, by code, in their own words.</summary>
    public static readonly FrozenDictionary<string, string> Languages = new Dictionary<string, string>
    {
        ["ar"] = "العربية",
        ["bn"] = "বাংলা",
        ["de"] = "Deutsch",
        ["en"] = "English",
        ["es"] = "Español",
        ["fr"] = "Français",
        ["hi"] = "हिन्दी",
        ["id"] = "Bahasa Indonesia",
        ["it"] = "Italiano",
        ["ja"] = "日本語",
        ["nl"] = "Nederlands",
        ["pl"] = "Polski",
        ["pt"] = "Português",
        ["ru"] = "Русский",
        ["th"] = "ไทย",
        ["tr"] = "Türkçe",
        ["uk"] = "Українська",
        ["vi"] = "Tiếng Việt",
        ["zh"] = "中文",
    }.ToFrozenDictionary();

    /// <summary>English name of a language, as a model knows it.</summary>
    public static string EnglishName(string language) => CultureInfo.GetCultureInfo(language).EnglishName;

    /// <summary>The same without spaces around it, and without a language when it is the customer's.</summary>
    public static ChatbotValues Clean(ChatbotValues values) => values with
    {
        Name = values.Name.Trim(),
        Instructions = values.Instructions.Trim(),
        Language = values.Language?.Trim() is { Length: > 0 } language && language != CustomersLanguage ? language : null,
        TimeZone = values.TimeZone.Trim(),
        FallbackMessage = values.FallbackMessage.Trim(),
        Disclosure = values.Disclosure.Trim(),
        BannedWords = string.Join('\n', values.BannedWords.Split(['\n', '\r', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.OrdinalIgnoreCase)),
        BannedWordsMessage = values.BannedWordsMessage.Trim(),
    };

    /// <summary>One sentence about the first value that cannot stand, and which one that is; null when all can.</summary>
    public static (string Field, string Sentence)? Problem(ChatbotValues values) => values switch
    {
        _ when values.Name.Length is 0 or > MaxName || values.Name.Any(char.IsControl) => ("name", $"Give it a name of 1 to {MaxName} characters."),
        _ when values.Instructions.Length > MaxInstructions => ("instructions", $"Keep the instructions under {MaxInstructions:N0} characters."),
        _ when !Enum.IsDefined(values.Tone) => ("tone", "Choose one of the tones."),
        _ when values.Language is { } language && !Languages.ContainsKey(language) => ("language", "Choose one of the languages, or the customer's own."),
        _ when !TimeZoneInfo.TryFindSystemTimeZoneById(values.TimeZone, out _) => ("timeZone", "Choose a time zone such as Europe/Lisbon."),
        _ when values.FallbackMessage.Length is 0 or > MaxFallbackMessage => ("fallbackMessage", $"Say in 1 to {MaxFallbackMessage:N0} characters what customers read when the answer is not known."),
        _ when values.Disclosure.Length > MaxDisclosure => ("disclosure", $"Keep the first line under {MaxDisclosure} characters."),
        _ when values.BannedWords.Length > MaxBannedWords => ("bannedWords", $"Keep the list of banned words under {MaxBannedWords:N0} characters."),
        _ when values.BannedWordsMessage.Length is 0 or > MaxFallbackMessage => ("bannedWordsMessage", $"Say in 1 to {MaxFallbackMessage:N0} characters what customers read after a banned word."),
        _ when values.TakeoverHours is < 0 or > MaxTakeoverHours => ("takeoverHours", $"A takeover lasts 1 to {MaxTakeoverHours} hours, or 0 for until it is handed back."),
        _ when !Enum.IsDefined(values.AnswerScope) => ("answerScope", "Choose how far an answer may go."),
        _ => null,
    };
}
