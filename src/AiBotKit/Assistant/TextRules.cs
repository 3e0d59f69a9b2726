using System.Text;

namespace AiBotKit.Assistant;

/// <summary>Words and cuts shared by the assistant's rules.</summary>
internal static class TextRules
{
    public static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            // A mark belongs to a letter: by itself it is the half of an emoji.
            if (Rune.IsLetterOrDigit(rune) || (word.Length > 0 && Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark))
            {
                word.Append(Rune.ToLowerInvariant(rune));
            }
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        if (word.Length > 0)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    /// <summary>At most <paramref name="max"/> characters, ending at a sentence when one ends in the second half, else at a word.</summary>
    public static string Cut(string text, int max)
    {
        if (text.Length <= max)
        {
            return text;
        }

        var head = text[..(char.IsHighSurrogate(text[max - 2]) ? max - 2 : max - 1)];
        var sentence = head.LastIndexOfAny(['.', '!', '?', '\n', '。', '؟', '।']);
        if (sentence > max / 2)
        {
            return head[..(sentence + 1)].TrimEnd();
        }

        var space = head.LastIndexOf(' ');
        return (space > max / 2 ? head[..space] : head).TrimEnd() + "…";
    }
}
