namespace AiBotKit.Knowledge.Language;

/// <summary>What the tokenizer needs to know of a character.</summary>
internal enum CharKind : byte
{
    /// <summary>Ends a word.</summary>
    Break,

    /// <summary>Part of a word between spaces.</summary>
    Word,

    /// <summary>Part of a script written without spaces, or with particles glued on (Korean): read as overlapping character groups.</summary>
    Spaceless,

    /// <summary>Dropped before anything is compared: vowel points, tatweel, joiners, combining accents.</summary>
    Ignored,
}

/// <summary>Character classes by Unicode block.</summary>
internal static class Script
{
    public static CharKind KindOf(char c)
    {
        if (c < 0x300)
        {
            return char.IsLetterOrDigit(c) ? CharKind.Word : CharKind.Break;
        }

        if (c is (>= '\u0300' and <= '\u036F') or (>= '\u064B' and <= '\u065F') or '\u0670' or '\u0640' or '\u200C' or '\u200D' or '\u00AD' or '\u093C' or (>= '\u0591' and <= '\u05C7'))
        {
            return CharKind.Ignored;
        }

        if (IsSpaceless(c))
        {
            return CharKind.Spaceless;
        }

        return char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark
            or System.Globalization.UnicodeCategory.SpacingCombiningMark or System.Globalization.UnicodeCategory.Surrogate
            ? CharKind.Word
            : CharKind.Break;
    }

    /// <summary>Thai, Lao, Burmese, Khmer, kana, Chinese characters, Hangul.</summary>
    public static bool IsSpaceless(char c) =>
        c is (>= '\u0E01' and <= '\u0E4E') or (>= '\u0E81' and <= '\u0ECD') or (>= '\u1000' and <= '\u109F') or (>= '\u1780' and <= '\u17D3')
            or (>= '\u3041' and <= '\u30FF') or (>= '\u3400' and <= '\u4DBF') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uAC00' and <= '\uD7A3') or (>= '\uF900' and <= '\uFAFF');

    /// <summary>Chinese characters carry a word's meaning one by one.</summary>
    public static bool IsHan(char c) => c is (>= '\u3400' and <= '\u4DBF') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF');

    public static bool IsArabic(char c) => c is >= '\u0600' and <= '\u06FF';
}
