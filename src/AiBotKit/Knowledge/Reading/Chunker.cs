using AiBotKit.Knowledge.Language;

namespace AiBotKit.Knowledge.Reading;

/// <summary>Cuts blocks to the size that can be ranked and quoted: pairs whole, running text at sentence ends with one sentence of overlap.</summary>
internal static class Chunker
{
    /// <summary>Changes whenever documents must be cut anew.</summary>
    public const string Version = "chunks-3";

    /// <summary>Characters of a chunk of running text; about 200 words, within what the sentence model reads.</summary>
    public const int MaxChars = 1200;

    /// <summary>The chunks of a document, in its order.</summary>
    public static IEnumerable<ChunkText> Cut(IEnumerable<Block> blocks)
    {
        foreach (var block in blocks)
        {
            if (block.Question is { } question)
            {
                yield return new ChunkText(ChunkKind.QuestionAnswer, block.Heading, question, Tidy(block.Text));
                continue;
            }

            foreach (var piece in Pieces(Tidy(block.Text)))
            {
                yield return new ChunkText(ChunkKind.Passage, block.Heading, null, piece);
            }
        }
    }

    private static List<string> Pieces(string text)
    {
        if (text.Length <= MaxChars)
        {
            return text.Length == 0 ? [] : [text];
        }

        var pieces = new List<string>();
        var current = new List<string>();
        var length = 0;
        foreach (var sentence in Sentences.Split(text).SelectMany(Shorten))
        {
            if (length + sentence.Length > MaxChars && current.Count > 0)
            {
                pieces.Add(string.Join(' ', current));
                // The last sentence opens the next piece: what refers back to it ("It costs…") stays readable.
                current = current[^1].Length + sentence.Length <= MaxChars ? [current[^1]] : [];
                length = current.Sum(s => s.Length + 1);
            }

            current.Add(sentence);
            length += sentence.Length + 1;
        }

        pieces.Add(string.Join(' ', current));
        return pieces;
    }

    private static IEnumerable<string> Shorten(string sentence)
    {
        for (var start = 0; start < sentence.Length; start += MaxChars)
        {
            yield return sentence.Substring(start, Math.Min(MaxChars, sentence.Length - start));
        }
    }

    private static string Tidy(string text) =>
        string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim().TrimEnd('|').TrimEnd()).Where(line => line.Length > 0));
}
