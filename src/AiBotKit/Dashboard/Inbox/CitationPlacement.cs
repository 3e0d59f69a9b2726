using System.Text.RegularExpressions;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>
/// Finds where the citation marks of an answer's draft (<c>[[1]]</c>) belong in the text that was sent. Rendering for a channel changes
/// marks, spaces and links but neither the order nor the choice of letters and digits, so these are counted.
/// </summary>
internal static partial class CitationPlacement
{
    private const string Closing = "*_~`.,;:!?)]\"'”’»…";

    /// <summary>Ascending positions in <paramref name="text"/>; empty when it is not (a part of) the draft.</summary>
    public static IReadOnlyList<CitationMark> Place(string text, string draft)
    {
        var (letters, marks) = Count(draft);
        if (marks.Count == 0)
        {
            return [];
        }

        var places = new List<int>(text.Length);
        var said = new List<char>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsLetterOrDigit(text[i]))
            {
                said.Add(char.ToUpperInvariant(text[i]));
                places.Add(i);
            }
        }

        var sent = new string([.. said]);
        var shift = sent.IndexOf(letters, StringComparison.Ordinal);
        if (shift < 0)
        {
            shift = -letters.IndexOf(sent, StringComparison.Ordinal);
            if (shift > 0 || sent.Length == 0)
            {
                return [];
            }
        }

        var placed = new List<CitationMark>();
        foreach (var (after, number) in marks)
        {
            var count = after + shift;
            if (count < 1 || count > places.Count)
            {
                continue;
            }

            var at = places[count - 1] + 1;
            while (at < text.Length && Closing.Contains(text[at], StringComparison.Ordinal))
            {
                at++;
            }

            placed.Add(new CitationMark(at, number));
        }

        return placed;
    }

    /// <summary>The draft as people read it, without its citation marks.</summary>
    public static string WithoutMarks(string draft) => Mark().Replace(draft, "");

    [GeneratedRegex(@"\[\[[0-9]{1,4}\]\]")]
    private static partial Regex Mark();

    private static (string Letters, List<(int After, int Number)> Marks) Count(string draft)
    {
        var letters = new List<char>(draft.Length);
        var marks = new List<(int, int)>();
        for (var i = 0; i < draft.Length; i++)
        {
            if (draft[i] == '[' && i + 4 < draft.Length && draft[i + 1] == '[')
            {
                var end = draft.IndexOf("]]", i + 2, Math.Min(6, draft.Length - i - 2), StringComparison.Ordinal);
                if (end > 0 && int.TryParse(draft.AsSpan(i + 2, end - i - 2), out var number))
                {
                    marks.Add((letters.Count, number));
                    i = end + 1;
                    continue;
                }
            }

            if (char.IsLetterOrDigit(draft[i]))
            {
                letters.Add(char.ToUpperInvariant(draft[i]));
            }
        }

        return (new string([.. letters]), marks);
    }
}
