namespace AiBotKit.Knowledge.Language;

/// <summary>Questions whose answer is a number, by the phrases that ask for one.</summary>
internal static class NumberQuestions
{
    private static readonly string[] Phrases =
    [
        .. new[]
        {
            "how much", "how many", "how long", "how old", "how far", "how big", "how heavy", "what time", "what price", "cost", "costs", "price",
            "cuánto", "cuánta", "cuántos", "cuántas", "a qué hora", "precio", "cuesta", "cuestan", "combien", "à quelle heure", "prix", "coûte", "wie viel", "wieviel", "wie lange", "wie viele", "um wie viel uhr", "kostet", "kosten", "preis",
            "quanto", "quanta", "quantos", "quantas", "quanti", "quante", "a que horas", "a che ora", "custa", "preço", "costa", "prezzo", "كم", "بكم", "سعر", "कितना", "कितने", "कितनी", "कीमत",
        }.Select(phrase => $" {TextFolding.Fold(phrase)} "),
    ];

    public static bool IsOne(string question) => WordsOf(question).Count > 0;

    /// <summary>The folded words of the question that ask for the number.</summary>
    public static HashSet<string> WordsOf(string question)
    {
        var folded = $" {TextFolding.Fold(question)} ";
        return Phrases.Where(phrase => folded.Contains(phrase, StringComparison.Ordinal)).SelectMany(phrase => phrase.Trim().Split(' ')).ToHashSet(StringComparer.Ordinal);
    }
}
