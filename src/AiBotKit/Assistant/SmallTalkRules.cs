namespace AiBotKit.Assistant;

internal enum SmallTalk
{
    Greeting,
    Thanks,
}

/// <summary>Tells a message that is nothing but a greeting or thanks from a question, so that it is never recorded as a gap.</summary>
internal static class SmallTalkRules
{
    private static readonly Dictionary<string, (SmallTalk Kind, string Language)> Words = Build(
        (SmallTalk.Greeting, "en", "hi hello hey hiya greetings good morning afternoon evening day there"),
        (SmallTalk.Greeting, "es", "hola buenas buenos días dias tardes noches saludos"),
        (SmallTalk.Greeting, "fr", "bonjour bonsoir salut coucou"),
        (SmallTalk.Greeting, "de", "hallo guten tag morgen abend moin servus"),
        (SmallTalk.Greeting, "pt", "olá ola oi bom boa dia tarde noite"),
        (SmallTalk.Greeting, "it", "ciao buongiorno buonasera salve"),
        (SmallTalk.Greeting, "ar", "مرحبا مرحبًا أهلا اهلا السلام عليكم"),
        (SmallTalk.Greeting, "hi", "नमस्ते नमस्कार हैलो"),
        (SmallTalk.Thanks, "en", "thanks thank you thx ty very much so many a lot ok okay great perfect bye goodbye cheers"),
        (SmallTalk.Thanks, "es", "gracias muchas mil vale perfecto adiós adios"),
        (SmallTalk.Thanks, "fr", "merci beaucoup parfait"),
        (SmallTalk.Thanks, "de", "danke vielen dank schön tschüss super"),
        (SmallTalk.Thanks, "pt", "obrigado obrigada muito tchau"),
        (SmallTalk.Thanks, "it", "grazie mille tante arrivederci perfetto"),
        (SmallTalk.Thanks, "ar", "شكرا شكرًا جزيلا"),
        (SmallTalk.Thanks, "hi", "धन्यवाद शुक्रिया"));

    /// <summary>Null unless every word of the message is a greeting or thanks; the language is that of its most telling word. Emoji alone count as thanks.</summary>
    public static (SmallTalk Kind, string Language)? Classify(string text)
    {
        var words = TextRules.Words(text);
        if (words.Count == 0)
        {
            return text.Contains('?', StringComparison.Ordinal) || string.IsNullOrWhiteSpace(text) ? null : (SmallTalk.Thanks, "en");
        }

        if (words.Count > 6 || text.Contains('?', StringComparison.Ordinal))
        {
            return null;
        }

        (SmallTalk Kind, string Language)? found = null;
        foreach (var word in words)
        {
            if (!Words.TryGetValue(word, out var known))
            {
                return null;
            }

            found = found is null || (found.Value.Kind == SmallTalk.Greeting && known.Kind == SmallTalk.Thanks) ? known : found;
        }

        return found;
    }

    private static Dictionary<string, (SmallTalk Kind, string Language)> Build(params (SmallTalk Kind, string Language, string Words)[] lists)
    {
        var words = new Dictionary<string, (SmallTalk, string)>(StringComparer.OrdinalIgnoreCase);
        foreach (var (kind, language, list) in lists)
        {
            foreach (var word in list.Split(' '))
            {
                words.TryAdd(word, (kind, language));
            }
        }

        return words;
    }
}
