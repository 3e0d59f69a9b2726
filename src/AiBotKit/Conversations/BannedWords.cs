namespace AiBotKit.Conversations;

/// <summary>The owner's list of words that stop a message from being processed: case-insensitive, partial matches count.</summary>
internal static class BannedWords
{
    /// <summary>The first listed word that occurs in a text; null when none does or the list is empty. Words are separated by commas or line breaks.</summary>
    public static string? Find(string list, IEnumerable<string> texts)
    {
        if (string.IsNullOrWhiteSpace(list))
        {
            return null;
        }

        var words = list.Split([',', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return texts.Select(text => words.FirstOrDefault(word => text.Contains(word, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(hit => hit is not null);
    }
}
