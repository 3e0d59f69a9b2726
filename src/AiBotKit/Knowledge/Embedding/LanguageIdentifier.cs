using AiBotKit.Knowledge.Language;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiBotKit.Knowledge.Embedding;

/// <summary>
/// Tells the language of a text with lid.176 (fastText), helped by what the knowledge is written in: four words alone rarely
/// prove a language. Without the model, or with one that cannot be read, only scripts that belong to one language are told.
/// </summary>
internal sealed partial class LanguageIdentifier
{
    private readonly ModelFiles _files;
    private readonly ILogger _logger;
    private readonly Lazy<FastTextModel?> _model;
    private volatile bool _isDamaged;

    public LanguageIdentifier(ModelFiles files, ILogger<LanguageIdentifier>? logger = null)
    {
        (_files, _logger) = (files, logger ?? NullLogger<LanguageIdentifier>.Instance);
        _model = new(Open);
    }

    public ModelState State => _isDamaged ? ModelState.Damaged : _files.HasLanguageModel ? ModelState.Ready : ModelState.Missing;

    /// <summary>The likeliest language of a text by itself.</summary>
    public LanguageGuess Identify(string text) => Identify(text, "und");

    /// <summary>
    /// The likeliest language of a question put to knowledge mostly written in <paramref name="expected"/>:
    /// the expected language is taken at a quarter of the evidence that another one needs.
    /// </summary>
    public LanguageGuess Identify(string text, string expected)
    {
        var clean = text.ReplaceLineEndings(" ").ToLowerInvariant();
        if (!clean.Any(char.IsLetter))
        {
            return new(expected, 0, expected == "en" ? 1 : 0);
        }

        if (_model.Value is not { } model)
        {
            return ByScript(clean, expected);
        }

        const double prior = 4;
        var guesses = model.Predict(clean, 0.002);
        var total = 0.0;
        var english = 0.0;
        var best = ("und", 0.0);
        foreach (var (label, probability) in guesses)
        {
            var weighted = probability * (label == expected ? prior : 1);
            total += weighted;
            english += label == "en" ? weighted : 0;
            best = weighted > best.Item2 ? (label, weighted) : best;
        }

        if (total == 0)
        {
            return new(expected, 0, 0);
        }

        if (best.Item1 != expected && IsPlainly(expected, best.Item1, clean))
        {
            return new(expected, 0.5, expected == "en" ? 1 : 0);
        }

        return new(best.Item1, best.Item2 / total, english / total);
    }

    /// <summary>Two function words of the one language and none of the other: "Do you sell decaf?" is English, whatever "decaf" looks like.</summary>
    private static bool IsPlainly(string language, string guessed, string text)
    {
        var words = TextFolding.Fold(text).Split(' ');
        return words.Count(word => FunctionWords.Contains(language, word)) >= 2 && !words.Any(word => FunctionWords.Contains(guessed, word));
    }

    private FastTextModel? Open()
    {
        if (!_files.HasLanguageModel)
        {
            return null;
        }

        try
        {
            _files.Check(_files.LanguageModel);
            return FastTextModel.Load(_files.LanguageModel);
        }
#pragma warning disable CA1031 // A damaged file can fail in any way; without it languages are told by their script, and questions are answered by words.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _isDamaged = true;
            LogDamaged(error);
            return null;
        }
    }

    private static LanguageGuess ByScript(string text, string expected)
    {
        var latin = text.Count(c => c is (>= 'a' and <= 'z') or (>= 'à' and <= 'ɏ'));
        if (latin * 2 > text.Count(char.IsLetter))
        {
            return new(expected == "und" ? "en" : expected, 0.3, 0);
        }

        var other = text.FirstOrDefault(c => c > '\u0370' && char.IsLetter(c));
        var language = other switch
        {
            < '\u0400' => "el",
            < '\u0530' => "ru",
            >= '\u0590' and < '\u0600' => "he",
            >= '\u0600' and < '\u0700' => "ar",
            >= '\u0900' and < '\u0980' => "hi",
            >= '\u0E00' and < '\u0E80' => "th",
            >= '\u3040' and < '\u3100' => "ja",
            >= '\u4E00' and < '\uA000' => "zh",
            >= '\uAC00' and < '\uD7B0' => "ko",
            _ => "und",
        };
        return new(language, language == "und" ? 0 : 0.5, 0);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The language model cannot be used; languages are told by their script until the next start. Delete build/models and build again, or put the folder models of the release back")]
    private partial void LogDamaged(Exception error);
}

/// <summary>A language (ISO 639), how sure that is, and how likely the text is English.</summary>
internal readonly record struct LanguageGuess(string Language, double Confidence, double English);
