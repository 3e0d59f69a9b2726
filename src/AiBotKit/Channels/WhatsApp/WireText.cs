namespace AiBotKit.Channels.WhatsApp;

/// <summary>Makes strings of the wire safe to store and show: no NUL or control characters, no half surrogates, bounded.</summary>
internal static class WireText
{
    /// <summary>WhatsApp's own composer stops at about 65,536 characters; counted in UTF-16 units.</summary>
    public const int MaxLength = 65_536;

    /// <summary>Profile names, file names, titles.</summary>
    public const int MaxNameLength = 256;

    /// <summary>Multi-line text: keeps tab and line feed, makes CRLF and CR line feeds, drops other control characters, replaces half surrogates by U+FFFD.</summary>
    public static string? Clean(string? value, int maxLength = MaxLength) => Clean(value, maxLength, keepLines: true);

    /// <summary>One line: control characters and line breaks become spaces, bidirectional overrides go, ends are trimmed; null when nothing is left.</summary>
    public static string? CleanLine(string? value, int maxLength = MaxNameLength)
    {
        var cleaned = Clean(value, maxLength, keepLines: false)?.Trim();
        return string.IsNullOrEmpty(cleaned) ? null : cleaned;
    }

    private static string? Clean(string? value, int maxLength, bool keepLines)
    {
        if (value is null)
        {
            return null;
        }

        if (value.Length <= maxLength && !NeedsWork(value, keepLines))
        {
            return value;
        }

        var buffer = new System.Text.StringBuilder(Math.Min(value.Length, maxLength));
        for (var i = 0; i < value.Length && buffer.Length < maxLength; i++)
        {
            var c = value[i];
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                if (buffer.Length + 2 > maxLength)
                {
                    break;
                }

                buffer.Append(c).Append(value[++i]);
            }
            else if (char.IsSurrogate(c))
            {
                buffer.Append('\uFFFD');
            }
            else if (c == '\r')
            {
                if (i + 1 >= value.Length || value[i + 1] != '\n')
                {
                    buffer.Append(keepLines ? '\n' : ' ');
                }
            }
            else if (c is '\n' or '\t')
            {
                buffer.Append(keepLines ? c : ' ');
            }
            else if (!char.IsControl(c) && (keepLines || !IsBidiControl(c)))
            {
                buffer.Append(c);
            }
        }

        return buffer.ToString();
    }

    /// <summary>Embeddings, overrides and isolates can make a line read as something else.</summary>
    public static bool IsBidiControl(char c) => c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    private static bool NeedsWork(string value, bool keepLines)
    {
        foreach (var c in value)
        {
            if (char.IsSurrogate(c) || (char.IsControl(c) && !(keepLines && c is '\n' or '\t')) || (!keepLines && IsBidiControl(c)))
            {
                return true;
            }
        }

        return false;
    }
}
