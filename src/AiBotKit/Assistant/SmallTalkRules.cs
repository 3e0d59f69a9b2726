using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AiBotKit.Assistant;

/// <summary>What a message says that asks nothing; the most telling last.</summary>
internal enum SmallTalk
{
    /// <summary>"ok", "yes", "no".</summary>
    Assent,
    Greeting,
    Thanks,
}

/// <summary>Tells a message that is nothing but a greeting, thanks or assent from a question, so that it is never recorded as a gap.</summary>
internal static partial class SmallTalkRules
{
    private const int MaxWords = 8;

    /// <summary>Emoji that are no thanks: a person reads what is wrong.</summary>
    private static readonly HashSet<int> Unhappy = [.. "👎😠😡🤬😤😢😭💔😞😔🙁☹😒🤮".EnumerateRunes().Select(rune => rune.Value)];

    private static readonly Vocabulary[] Languages =
    [
        new("en", "hi hello hey hiya greetings morning afternoon evening howdy", "thanks thank thx ty great perfect bye goodbye cheers awesome wonderful excellent brilliant lovely helps helped helpful appreciated", "ok okay k yes yeah yep no nope sure alright fine cool nice good understood haha lol", "there all everyone guys folks team sir madam you your very much so many a lot for the my help helping info information answer reply quick that this is was it have nice day one now then again me and i today to too see later night well got"),
        new("es", "hola buenas buenos saludos", "gracias perfecto genial excelente estupendo adiós chao amable", "sí si no vale ok claro bueno bien entendido listo acuerdo", "días dias tardes noches muchas mil por la el su tu ayuda todo a ti usted muy que tenga tengas un buen día dia de hasta luego es igualmente y"),
        new("fr", "bonjour bonsoir salut coucou", "merci parfait super revoir", "oui non ok accord bien entendu", "beaucoup pour votre ton aide bonne journée soirée au à bientôt d l est très et vous"),
        new("de", "hallo guten moin servus grüß", "danke dank super perfekt prima tschüss wiedersehen", "ja nein ok gut klar alles verstanden", "tag morgen abend gott vielen schön schönen für die ihre deine hilfe noch einen auf sehr und das ist"),
        new("pt", "olá ola oi", "obrigado obrigada perfeito ótimo otimo tchau", "sim não nao ok certo bom bem entendi", "boa dia tarde noite muito pela pelo ajuda tudo até logo um e"),
        new("it", "ciao buongiorno buonasera salve", "grazie perfetto ottimo arrivederci", "sì no ok va bene capito", "mille tante per l aiuto buona giornata serata molto gentile e"),
        new("ar", "مرحبا مرحبًا أهلا اهلا السلام صباح مساء", "شكرا شكرًا ممتاز رائع", "نعم لا حسنا حسنًا تمام طيب", "عليكم ورحمة الله وبركاته الخير النور جزيلا لك لكم على المساعدة مع السلامة وسهلا كثيرا"),
        new("hi", "नमस्ते नमस्कार हैलो", "धन्यवाद शुक्रिया", "हाँ हां नहीं ठीक अच्छा ओके जी", "बहुत है आपका आपकी मदद के लिए सुप्रभात"),
    ];

    /// <summary>Questions that ask nothing a knowledge could answer.</summary>
    private static readonly (string Phrase, string Language)[] HowAreYou =
    [
        ("how are you", "en"), ("how are you doing", "en"), ("how are you today", "en"), ("how is it going", "en"), ("how s it going", "en"), ("what s up", "en"),
        ("qué tal", "es"), ("que tal", "es"), ("cómo estás", "es"), ("como estas", "es"), ("cómo está", "es"), ("ça va", "fr"), ("comment allez vous", "fr"), ("wie geht es ihnen", "de"), ("wie geht s", "de"), ("wie gehts", "de"),
        ("tudo bem", "pt"), ("come va", "it"), ("come stai", "it"), ("كيف حالك", "ar"), ("कैसे हैं आप", "hi"), ("आप कैसे हैं", "hi"),
    ];

    private static readonly Vocabulary Together = Vocabulary.Of(Languages);

    /// <summary>Null unless every word of the message is one of these and one of them tells which; the language is the first that has them all. Emoji alone count as thanks.</summary>
    public static (SmallTalk Kind, string Language)? Classify(string text)
    {
        var words = TextRules.Words(text);
        var asks = text.AsSpan().ContainsAny('?', '؟', '？');
        if (words.Count == 0)
        {
            var signs = text.EnumerateRunes().Where(rune => Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherSymbol).ToList();
            return asks || signs.Count == 0 || signs.Exists(rune => Unhappy.Contains(rune.Value)) ? null : (SmallTalk.Thanks, "en");
        }

        if (words.Count > MaxWords)
        {
            return null;
        }

        var said = string.Join(' ', words);
        foreach (var (phrase, language) in HowAreYou)
        {
            if (said == phrase || (said.EndsWith(" " + phrase, StringComparison.Ordinal) && Classify(said[..^phrase.Length]) is { Kind: SmallTalk.Greeting }))
            {
                return (SmallTalk.Greeting, language);
            }
        }

        // "hiii" and "thaaanks": a letter that is written three times or more is meant once or twice.
        foreach (var meant in (List<string>[])[words, [.. words.Select(word => Drawn().Replace(word, "$1"))], [.. words.Select(word => Drawn().Replace(word, "$1$1"))]])
        {
            foreach (var language in Languages.Append(Together))
            {
                if (!asks && language.Kind(meant) is { } kind)
                {
                    return (kind, language == Together ? Languages.First(l => l.Tells(meant, kind)).Language : language.Language);
                }
            }
        }

        return null;
    }

    [GeneratedRegex(@"(\p{L})\1{2,}")]
    private static partial Regex Drawn();

    /// <summary>The small talk of a language: words that tell what is meant, and words that only go with them.</summary>
    private sealed class Vocabulary(string language, string greetings, string thanks, string assent, string fillers)
    {
        private readonly HashSet<string>[] _telling = [Read(assent), Read(greetings), Read(thanks)];
        private readonly HashSet<string> _fillers = Read(fillers);

        public string Language { get; } = language;

        public static Vocabulary Of(IEnumerable<Vocabulary> all)
        {
            var together = new Vocabulary("", "", "", "", "");
            foreach (var one in all)
            {
                together._fillers.UnionWith(one._fillers);
                foreach (var kind in Enum.GetValues<SmallTalk>())
                {
                    together._telling[(int)kind].UnionWith(one._telling[(int)kind]);
                }
            }

            return together;
        }

        public SmallTalk? Kind(List<string> words) =>
            !words.TrueForAll(word => _fillers.Contains(word) || Array.Exists(_telling, set => set.Contains(word))) ? null
            : Tells(words, SmallTalk.Thanks) ? SmallTalk.Thanks
            : Tells(words, SmallTalk.Greeting) ? SmallTalk.Greeting
            : Tells(words, SmallTalk.Assent) ? SmallTalk.Assent : null;

        public bool Tells(List<string> words, SmallTalk kind) => words.Exists(_telling[(int)kind].Contains);

        private static HashSet<string> Read(string words) => new(words.Split(' ', StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);
    }
}
