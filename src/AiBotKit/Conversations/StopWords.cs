using System.Collections.Frozen;

namespace AiBotKit.Conversations;

internal enum StopWord
{
    None,
    Stop,
    Start,
}

/// <summary>
/// Words that switch AI replies off and on for one customer when they are the whole message, in the bot's languages (English always).
/// Source: the opt-out words carriers and Meta's policy pages name, and their everyday translations.
/// </summary>
internal static class StopWords
{
    private static readonly FrozenDictionary<string, (string[] Stop, string[] Start)> Words = new Dictionary<string, (string[], string[])>(StringComparer.Ordinal)
    {
        ["en"] = (["stop", "unsubscribe", "stop bot", "stop ai"], ["start", "unstop", "start bot", "start ai"]),
        ["es"] = (["alto", "parar", "detener", "baja"], ["iniciar", "comenzar", "alta"]),
        ["fr"] = (["arrêt", "arret", "arrêter", "arreter"], ["démarrer", "demarrer", "reprendre"]),
        ["de"] = (["stopp", "abmelden", "anhalten"], ["starten", "anmelden"]),
        ["pt"] = (["parar", "pare", "sair"], ["iniciar", "começar", "comecar"]),
        ["it"] = (["ferma", "fermare", "basta"], ["avvia", "inizia"]),
        ["nl"] = (["stoppen", "afmelden"], ["beginnen", "aanmelden"]),
        ["ar"] = (["توقف", "إيقاف", "ايقاف"], ["ابدأ", "ابدا", "بدء"]),
        ["hi"] = (["रुको", "रोकें", "बंद"], ["शुरू", "चालू"]),
        ["id"] = (["berhenti"], ["mulai"]),
        ["tr"] = (["dur", "durdur"], ["başla", "basla"]),
        ["ru"] = (["стоп"], ["старт", "начать"]),
        ["zh"] = (["停止", "退订"], ["开始"]),
        ["ja"] = (["停止", "ストップ"], ["開始", "スタート"]),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What <paramref name="text"/> means when it is nothing but a stop or start word (case and surrounding punctuation ignored).</summary>
    /// <param name="languages">ISO 639-1 codes, comma-separated.</param>
    public static StopWord Classify(string text, string languages)
    {
        if (text.Length > 32)
        {
            return StopWord.None;
        }

        var word = text.Trim().Trim('.', '!', '¡', '?', '¿', '"', '\'', '«', '»', '。', '！').Trim().ToLowerInvariant();
        foreach (var language in languages.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Prepend("en"))
        {
            if (Words.TryGetValue(language, out var known))
            {
                if (known.Stop.Contains(word, StringComparer.Ordinal))
                {
                    return StopWord.Stop;
                }

                if (known.Start.Contains(word, StringComparer.Ordinal))
                {
                    return StopWord.Start;
                }
            }
        }

        return StopWord.None;
    }
}
