using System.Collections.Frozen;
using System.Text;

namespace AiBotKit.Conversations.Handover;

/// <summary>
/// Whether a customer asks for a person, in the bot's languages (English always). By phrases, not by single words: "a person", "the agent" and "my manager" stand in many questions that
/// ask for nobody. A rule that can be read beats a guess here: it works without a model, and never fails silently.
/// </summary>
internal static class HandoverWords
{
    /// <summary>Words between the ask and whom it asks for.</summary>
    private const int Between = 4;

    private const char SentenceEnd = '|';

    /// <summary>A longer message tells a story, and asks for a person at its end if it does.</summary>
    private const int LongestTokens = 60;

    /// <summary>They change nothing about what a message asks for.</summary>
    private static readonly FrozenSet<string> Courtesies = "please|pls|plz|por|favor|svp|s|il|vous|te|plait|bitte|per|favore|hi|hello|hola|hallo|bonjour|ola|ciao|пожалуйста".Split('|').Append("|").ToFrozenSet(StringComparer.Ordinal);

    /// <summary>May come after "I want a person": a courtesy, a time, or the beginning of a reason.</summary>
    private static readonly FrozenSet<string> Ends = "please|now|again|today|then|instead|urgently|otra|encore|nochmal|wieder|novamente|ancora|to|who|on|por|ahora|s|svp|maintenant|bitte|jetzt|agora|adesso|que|qui|che|der|die|and|real|humano|humana|humain|reale|пожалуйста".Split('|').Append("|").ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Phrases> ByLanguage = new Dictionary<string, Phrases>(StringComparer.Ordinal)
    {
        ["en"] = new(
            "talk to|talk with|speak to|speak with|chat with|connect me to|connect me with|transfer me to|put me through to|hand me over to|pass me to",
            "i want|i need|i d like|get me|give me|can i have|want",
            "human|humans|person|agent|representative|rep|operator|advisor|adviser",
            "someone|somebody|staff|employee|manager|supervisor|support|service|team|people|colleague",
            "a|an|the|your|some|real|live|actual|human|another|other|customer|support|service|team|proper|sales",
            "human|a human|person|a person|an agent|agent|operator|representative|real person|a real person|human please|agent please|person please|live agent|live chat|human agent|talk to human|customer service|customer support|real human",
            "not|don t|dont|never|without|no"),
        ["es"] = new(
            "hablar con|hablar a|comunicarme con|comuniqueme con|pasame con|paseme con|pasarme con|chatear con|conectame con|conecteme con|transfierame a|transferirme a",
            "quiero|necesito|quisiera|deme|dame",
            "persona|humano|humana|agente|operador|operadora|asesor|asesora|representante",
            "alguien|soporte|equipo|encargado|encargada|gerente|atencion|ustedes",
            "un|una|el|la|los|su|sus|algun|alguna|persona|ser|verdadera|verdadero|real|de|del|otra|otro",
            "humano|persona|agente|operador|una persona|persona real|un humano|asesor|atencion al cliente|agente humano",
            "no|nunca|sin"),
        ["fr"] = new(
            "parler a|parler avec|discuter avec|passez moi|passe moi|mettez moi en relation avec|mettre en relation avec|echanger avec",
            "je veux|je voudrais|j ai besoin d|j aimerais|il me faut",
            "personne|humain|humaine|agent|conseiller|conseillere|operateur|operatrice|representant",
            "quelqu|client|responsable|equipe|support|collegue",
            "un|une|le|la|l|votre|vrai|vraie|etre|service|du|de|des|autre",
            "humain|un humain|conseiller|un conseiller|agent|operateur|une vraie personne|service client|une personne",
            "pas|jamais|sans"),
        ["de"] = new(
            "sprechen mit|reden mit|verbinden sie mich mit|verbinde mich mit|chatten mit",
            "ich will|ich mochte|ich moechte|ich brauche|ich hatte gern|gib mir|geben sie mir",
            "mensch|menschen|person|mitarbeiter|mitarbeiterin|mitarbeitern|berater|beraterin|agent|agenten|kundenberater|ansprechpartner",
            "jemand|jemandem|jemanden|kundenservice|kundendienst|support|team|chef",
            "einem|einen|einer|ein|eine|dem|der|den|die|das|echten|echte|echter|echtem|richtigen|ihrem|ihren|menschlichen|anderen|aus|vom",
            "mensch|mitarbeiter|einen menschen|ein mensch|menschen|berater|echter mensch|kundenservice|support mitarbeiter",
            "nicht|kein|keinen|keinem|nie|ohne",
            anywhere: "sprechen|reden|verbinden|verbunden|chatten|telefonieren"),
        ["pt"] = new(
            "falar com|conversar com|me passa para|me passe para|passar para|me transfere para|me transfira para|me conecta com",
            "quero|preciso de|preciso|gostaria de|queria",
            "pessoa|humano|humana|atendente|agente|operador|operadora|representante",
            "alguem|suporte|atendimento|gerente|equipe|equipa|voces",
            "um|uma|o|a|os|de|da|do|outra|outro|verdadeira|real|algum|alguma|ser",
            "humano|atendente|pessoa|uma pessoa|um humano|atendente humano|agente|operador|atendimento humano|pessoa real",
            "nao|nunca|sem"),
        ["it"] = new(
            "parlare con|parlare a|passami|mi passi|mi passa|mettermi in contatto con|chattare con|collegami con|mi colleghi con",
            "voglio|vorrei|ho bisogno di|mi serve|datemi",
            "persona|umano|umana|operatore|operatrice|agente|rappresentante|consulente",
            "qualcuno|assistenza|responsabile|team|personale",
            "un|una|uno|il|la|lo|vostro|vero|vera|reale|essere|altra|altro|di|del",
            "umano|operatore|persona|una persona|un umano|un operatore|persona reale|servizio clienti|operatore umano",
            "non|mai|senza"),
        ["nl"] = new(
            "praten met|spreken met|verbind me met|chatten met", "ik wil|ik heb|geef me|mag ik", "mens|persoon|medewerker|medewerkster|agent", "iemand|klantenservice|collega",
            "een|de|het|echt|echte|menselijke|andere|van", "mens|medewerker|een mens|echt persoon|een echt persoon|klantenservice", "niet|geen|zonder",
            anywhere: "praten|spreken|doorverbonden"),
        ["id"] = new(
            "bicara dengan|berbicara dengan|ngobrol dengan|chat dengan|hubungkan saya dengan|sambungkan dengan", "saya mau|saya butuh|saya ingin|mau", "manusia|orang|agen|admin|petugas|operator", "cs|staf|seseorang",
            "seorang|dengan|asli|sungguhan|layanan|yang", "admin|cs|manusia|operator|bicara dengan admin", "tidak|jangan|tanpa"),
        ["tr"] = new(
            "", "", "temsilci|temsilciye|temsilciyle|temsilcisi|temsilcisiyle|temsilcisine|insan|insanla|yetkili|yetkiliyle|yetkiliye|operator|operatorle", "biriyle|birisiyle|kisiyle", "bir|gercek|musteri|ile|canli",
            "temsilci|insan|operator|canli destek|musteri temsilcisi|yetkili", "istemiyorum|degil",
            anywhere: "gorusmek|konusmak|gorusebilir|konusabilir|baglan|baglanmak|baglar|aktar"),
        ["ru"] = new(
            "поговорить с|связаться с|связать с|соедините с|соедините меня с|соединить с|позовите|позови|переключите на", "хочу|нужен|нужна|дайте", "человек|человеком|человека|оператор|оператором|оператора|менеджер|менеджером|менеджера|сотрудник|сотрудником|сотрудника|специалистом", "кем|поддержкой|поддержку",
            "с|живой|живым|живого|реальным|вашим|другим|настоящим|меня", "оператор|человек|живой человек|менеджер|позовите оператора|оператора", "не|без"),
        ["hi"] = new(
            "", "", "इंसान|व्यक्ति|एजेंट|आदमी|प्रतिनिधि|अधिकारी", "किसी|टीम", "एक|असली|से|के|के", "इंसान|एजेंट|ग्राहक सेवा|मानव", "नहीं|मत",
            anywhere: "बात|संपर्क|जोड़ें|जोड़िए"),
        ["ar"] = new(
            "التحدث مع|التحدث الى|اتحدث مع|اتكلم مع|التكلم مع|تحويلي الى|حولني الى|تواصل مع|التواصل مع", "اريد|ارغب|احتاج", "شخص|انسان|موظف|موظفة|ممثل|بشري|وكيل|مندوب", "احد|فريق|خدمة|الدعم",
            "ال|مع|حقيقي|الى|من|احد|ممثل", "موظف|انسان|شخص|شخص حقيقي|خدمة العملاء|ممثل", "لا|لن|بدون"),
        ["zh"] = new("", "", "", "", "", "人工|客服|转人工|人工客服|真人", "", within: "转人工|人工客服|找人工|要人工|真人客服|和真人|跟真人|联系客服人员"),
        ["ja"] = new("", "", "", "", "", "オペレーター|担当者|人間|有人", "", within: "人間と話|人と話したい|担当者と話|担当者につな|担当者に代|オペレーターにつな|オペレーターと話|有人対応|スタッフと話"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The language in which a message asks for a person; null when none does.</summary>
    /// <param name="languages">ISO 639-1 codes, comma-separated.</param>
    /// <param name="own">Further phrases of the owner, one a line.</param>
    public static string? Find(IEnumerable<string> texts, string languages, string own)
    {
        var known = languages.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Prepend("en").Distinct(StringComparer.Ordinal).Where(ByLanguage.ContainsKey).ToList();
        var phrases = own.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Normal).Where(phrase => phrase.Length > 0).ToList();
        foreach (var text in texts)
        {
            var normal = Normal(text);
            string[] tokens = normal.Length == 0 ? [] : normal.Split(' ');
            if (known.Find(language => ByLanguage[language].Match(normal, tokens)) is { } language)
            {
                return language;
            }

            if (phrases.Exists(phrase => $" {normal} ".Contains($" {phrase} ", StringComparison.Ordinal)))
            {
                return "";
            }
        }

        return null;
    }

    /// <summary>Lower case, without accents; the end of a sentence is a word of its own, everything else but letters, marks and digits is one space.</summary>
    private static string Normal(string text)
    {
        var normal = new StringBuilder(text.Length);
        foreach (var letter in text.ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(letter) || char.GetUnicodeCategory(letter) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark)
            {
                normal.Append(letter switch { 'أ' or 'إ' or 'آ' => 'ا', 'ı' => 'i', 'ß' => 's', _ => Unaccented.Of(letter) });
            }
            else if (normal.Length > 0)
            {
                if (normal[^1] != ' ')
                {
                    normal.Append(' ');
                }

                if (letter is '.' or '!' or '?' or ';' or '\n' or '。' or '！' or '？' or '؟' or '।' && (normal.Length < 2 || normal[^2] != SentenceEnd))
                {
                    normal.Append(SentenceEnd).Append(' ');
                }
            }
        }

        return normal.ToString().TrimEnd(' ', SentenceEnd);
    }

    /// <summary>How a language asks for a person.</summary>
    /// <param name="talk">Asks to speak: whom may be said loosely.</param>
    /// <param name="want">Asks for something: only with a word that can be nothing but a person who answers.</param>
    /// <param name="whole">Messages that are nothing else.</param>
    /// <param name="not">Before the ask they turn it round.</param>
    /// <param name="anywhere">Verbs that may stand after whom they ask for.</param>
    /// <param name="within">For scripts without spaces.</param>
    private sealed class Phrases(string talk, string want, string who, string loose, string fill, string whole, string not, string anywhere = "", string within = "")
    {
        private readonly string[][] _talk = Tokens(talk);
        private readonly string[][] _want = Tokens(want);
        private readonly FrozenSet<string> _who = Set(who);
        private readonly FrozenSet<string> _loose = Set(loose);
        private readonly FrozenSet<string> _fill = Set(fill);
        private readonly FrozenSet<string> _whole = Set(whole);
        private readonly FrozenSet<string> _not = Set(not);
        private readonly FrozenSet<string> _anywhere = Set(anywhere);
        private readonly string[] _within = within.Split('|', StringSplitOptions.RemoveEmptyEntries);

        public bool Match(string normal, string[] tokens)
        {
            if (_whole.Contains(string.Join(' ', tokens.Where(token => !Courtesies.Contains(token)))) || Array.Exists(_within, part => normal.Replace(" ", "", StringComparison.Ordinal).Contains(part, StringComparison.Ordinal)))
            {
                return true;
            }

            tokens = tokens.Length > LongestTokens ? tokens[^LongestTokens..] : tokens;
            for (var at = 0; at < tokens.Length; at++)
            {
                if (!Turned(tokens, at) && (Asks(tokens, at, _talk, loose: true) || Asks(tokens, at, _want, loose: false) || AsksAnywhere(tokens, at)))
                {
                    return true;
                }
            }

            return false;
        }

        private bool Asks(string[] tokens, int at, string[][] phrases, bool loose)
        {
            foreach (var phrase in phrases)
            {
                if (!tokens.AsSpan(at).StartsWith(phrase))
                {
                    continue;
                }

                for (var next = at + phrase.Length; next < tokens.Length && next <= at + phrase.Length + Between; next++)
                {
                    if (_who.Contains(tokens[next]) || (loose && _loose.Contains(tokens[next])))
                    {
                        // "a person", and not "a person's" or "human resources": what is asked for ends here, or a word that fills follows.
                        return loose || next + 1 >= tokens.Length || !_who.Contains(tokens[next]) || IsEnd(tokens, next + 1);
                    }

                    if (!_fill.Contains(tokens[next]))
                    {
                        break;
                    }
                }
            }

            return false;
        }

        private bool AsksAnywhere(string[] tokens, int at) =>
            _anywhere.Contains(tokens[at]) && tokens.Where((token, i) => Math.Abs(i - at) <= Between + 2 && (_who.Contains(token) || _loose.Contains(token))).Any();

        /// <summary>After "I want a person" comes nothing, a courtesy, or a reason; another noun would make it something else.</summary>
        private static bool IsEnd(string[] tokens, int at) => Ends.Contains(tokens[at]);

        private bool Turned(string[] tokens, int at)
        {
            for (var before = at - 1; before >= Math.Max(0, at - 4) && tokens[before] is not "|"; before--)
            {
                if (_not.Contains(tokens[before]) || (before + 1 < at && _not.Contains($"{tokens[before]} {tokens[before + 1]}")))
                {
                    return true;
                }
            }

            return false;
        }

        private static string[][] Tokens(string phrases) => [.. phrases.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(phrase => phrase.Split(' '))];

        private static FrozenSet<string> Set(string words) => words.Split('|', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
    }
}
