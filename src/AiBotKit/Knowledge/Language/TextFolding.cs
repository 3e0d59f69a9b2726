using System.Globalization;

namespace AiBotKit.Knowledge.Language;

/// <summary>
/// Brings text to the form in which words are compared: lower case, accents off, Arabic letter forms unified, digits of every script as 0-9,
/// everything that is not part of a word as a single space.
/// </summary>
internal static class TextFolding
{
    public static string Fold(ReadOnlySpan<char> text)
    {
        var buffer = new char[(text.Length * 2) + 1];
        var length = 0;
        foreach (var raw in text)
        {
            length = Append(buffer, length, raw);
        }

        return new string(buffer, 0, length > 0 && buffer[length - 1] == ' ' ? length - 1 : length);
    }

    private static int Append(char[] buffer, int length, char raw)
    {
        if (raw is '\'' or '’')
        {
            // "don't" and "dont", "l'heure": inside a word it neither breaks nor counts; French elision is handled as a break below.
            return IsElision(buffer, length) ? Break(buffer, length) : length;
        }

        var c = FoldTable.Fold(char.ToLowerInvariant(raw));
        switch (Script.KindOf(c))
        {
            case CharKind.Ignored:
                return length;
            case CharKind.Break:
                return Break(buffer, length);
        }

        if (FoldTable.FoldToTwo(c) is { } two)
        {
            buffer[length] = two[0];
            buffer[length + 1] = two[1];
            return length + 2;
        }

        buffer[length] = char.IsDigit(c) && c > '9' ? (char)('0' + (int)CharUnicodeInfo.GetNumericValue(c)) : Unify(c);
        return length + 1;
    }

    private static int Break(char[] buffer, int length)
    {
        if (length > 0 && buffer[length - 1] != ' ')
        {
            buffer[length++] = ' ';
        }

        return length;
    }

    /// <summary>One or two letters before an apostrophe are an article or pronoun of a Romance language (l', d', qu').</summary>
    private static bool IsElision(char[] buffer, int length) =>
        length > 0 && buffer[length - 1] is 'l' or 'd' or 'j' or 'n' or 's' or 'c' or 'm' or 't' or 'u'
        && (length == 1 || buffer[length - 2] == ' ' || (buffer[length - 1] is 'u' && buffer[length - 2] is 'q') || (buffer[length - 1] is 'l' && length > 2 && buffer[length - 2] is 'l'));

    /// <summary>Letters that are written in more than one way for the same word.</summary>
    private static char Unify(char c) => c switch
    {
        'أ' or 'إ' or 'آ' or 'ٱ' => 'ا',
        'ى' or 'ی' or 'ئ' => 'ي',
        'ة' => 'ه',
        'ؤ' => 'و',
        'ک' => 'ك',
        'ँ' => 'ं',
        _ => c,
    };
}
