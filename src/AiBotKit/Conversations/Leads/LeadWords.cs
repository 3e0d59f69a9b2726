using AiBotKit.Assistant;
using AiBotKit.Knowledge.Language;

namespace AiBotKit.Conversations.Leads;

/// <summary>What a customer means by a short reply to a form's question.</summary>
internal enum LeadReply
{
    /// <summary>Something of its own.</summary>
    Other,
    Yes,

    /// <summary>No to this question, and to the form when it is asked for a detail.</summary>
    No,

    /// <summary>Leave this one out.</summary>
    Skip,

    /// <summary>Not now: the whole form is over.</summary>
    Later,
}

/// <summary>Yes, no, skip and later when they are the whole message, and questions of the customer's own, in every language of <see cref="LeadTexts"/>. Pure.</summary>
internal static class LeadWords
{
    /// <summary>A name such as "Will Smith" begins with a question word and is none.</summary>
    private const int WordsOfQuestion = 3;

    private static readonly HashSet<string> Yes = Read(
        "yes|yes please|yeah|yep|yup|sure|ok|okay|of course|correct|that is right|thats right|right|agreed|i agree|go ahead|fine|please do|y", "sí|si|sí por favor|claro|vale|de acuerdo|correcto|acepto|está bien|por supuesto", "oui|oui merci|oui s il vous plaît|d accord|bien sûr|ok|c est correct|j accepte|volontiers",
        "ja|ja bitte|ja gerne|gerne|klar|richtig|stimmt|einverstanden|natürlich|passt|jawohl", "sim|sim por favor|claro|certo|correto|aceito|concordo|pode ser|tudo bem", "sì|si|sì grazie|certo|va bene|d accordo|esatto|accetto|corretto",
        "نعم|أجل|ايوه|أيوه|موافق|أوافق|تمام|صحيح|طبعا|حسنا", "हाँ|हां|जी|जी हाँ|जी हां|ठीक है|सही|सहमत|बिल्कुल|haan|ji");

    private static readonly HashSet<string> No = Read(
        "no|nope|nah|no thanks|no thank you|i dont want|i do not want|i dont want to|i do not want to|rather not|i d rather not|i disagree|dont|never|n", "no|no gracias|no quiero|prefiero no|mejor no|no acepto|nunca", "non|non merci|je ne veux pas|je préfère pas|je refuse|jamais",
        "nein|nein danke|lieber nicht|möchte ich nicht|will ich nicht|nö|ne|niemals", "não|nao|não obrigado|não obrigada|não quero|prefiro não|nunca", "no|no grazie|non voglio|preferisco di no|meglio di no|mai",
        "لا|لا شكرا|لا أريد|كلا|أفضل لا|ابدا", "नहीं|नही|जी नहीं|नहीं धन्यवाद|मना|nahi|nahin");

    private static readonly HashSet<string> Skip = Read(
        "skip|skip it|skip this|skip that|next|pass|leave it out", "omitir|saltar|siguiente|paso|omítelo", "passer|ignorer|suivant|passe", "überspringen|auslassen|weiter|nächste|weglassen",
        "pular|saltar|próximo|próxima|passar", "salta|saltare|avanti|prossima|ometti", "تخطي|تخطى|تجاوز|التالي", "छोड़ें|छोड़ो|छोड़ दो|छोड़ दें|आगे");

    private static readonly HashSet<string> Later = Read(
        "later|maybe later|not now|another time|stop asking|cancel", "más tarde|luego|después|ahora no|otro día|cancelar", "plus tard|pas maintenant|une autre fois|annuler", "später|jetzt nicht|nicht jetzt|ein andermal|abbrechen",
        "mais tarde|depois|agora não|outra hora|cancelar", "più tardi|dopo|non ora|non adesso|un altra volta|annulla", "لاحقا|فيما بعد|ليس الآن|بعدين|إلغاء", "बाद में|अभी नहीं|फिर कभी|रद्द");

    private static readonly HashSet<string> Interrogatives = Words(
        "what when where which who whom whose why how do does did is are can could would will should have has", "qué que cuándo cuando cuánto cuanto cuánta cuántos dónde donde cómo como cuál cuáles quién puedo pueden tienen hay",
        "quel quelle quels quelles combien comment où quand pourquoi qui est avez pouvez peut puis", "was wann wo wie warum welche welcher welches wer kann können gibt haben habt wieviel ist sind", "qual quais quando onde quanto quanta quem posso podem têm tem há",
        "quale quali quando dove quanto quanta chi posso potete avete c'è", "ما ماذا متى أين كيف كم هل لماذا أي", "क्या कब कहाँ कहां कैसे कितना कितने कितनी कौन क्यों");

    public static LeadReply Classify(string text)
    {
        var said = TextFolding.Fold(text);
        return said.Length is 0 or > 40 ? LeadReply.Other
            : Yes.Contains(said) || text.Trim() is "👍" or "✅" ? LeadReply.Yes
            : Skip.Contains(said) ? LeadReply.Skip
            : Later.Contains(said) ? LeadReply.Later
            : No.Contains(said) ? LeadReply.No
            : LeadReply.Other;
    }

    /// <summary>Whether a line of the customer asks something, instead of answering.</summary>
    public static bool Asks(string line)
    {
        if (line.Contains('@', StringComparison.Ordinal) && !line.Contains(' ', StringComparison.Ordinal))
        {
            return false;
        }

        if (line.AsSpan().ContainsAny('?', '؟', '？'))
        {
            return true;
        }

        var words = TextRules.Words(line);
        return words.Count >= WordsOfQuestion && Interrogatives.Contains(TextFolding.Fold(words[0]));
    }

    private static HashSet<string> Read(params ReadOnlySpan<string> languages)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        foreach (var words in languages)
        {
            all.UnionWith(words.Split('|').Select(word => TextFolding.Fold(word)));
        }

        return all;
    }

    private static HashSet<string> Words(params ReadOnlySpan<string> languages)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        foreach (var words in languages)
        {
            all.UnionWith(words.Split(' ').Select(word => TextFolding.Fold(word)));
        }

        return all;
    }
}
