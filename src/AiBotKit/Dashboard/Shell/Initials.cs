using System.Globalization;

namespace AiBotKit.Dashboard.Shell;

/// <summary>The two characters of an avatar.</summary>
internal static class Initials
{
    /// <summary>First letters of the first and last word; the last two digits of a number; one character when there is no more.</summary>
    public static string Of(string name)
    {
        var words = name.Split([' ', '.', '_', '-', '@'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var letters = words.Select(First).Where(letter => letter.Length > 0).ToList();
        if (letters.Count > 0)
        {
            return letters.Count == 1 ? letters[0] : letters[0] + letters[^1];
        }

        var digits = name.Where(char.IsAsciiDigit).ToArray();
        return digits.Length >= 2 ? new string(digits[^2..]) : "?";
    }

    /// <summary>One of six quiet background colours, the same for the same name in every process.</summary>
    public static int TintOf(string name)
    {
        var sum = 0;
        foreach (var c in name)
        {
            sum = ((sum * 31) + c) & 0xffff;
        }

        return sum % 6;
    }

    private static string First(string word)
    {
        var element = StringInfo.GetNextTextElement(word);
        return element.Length > 0 && char.IsLetter(element, 0) ? element.ToUpperInvariant() : "";
    }
}
