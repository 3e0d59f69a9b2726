using System.Runtime.InteropServices;
using AiBotKit.Knowledge.Embedding;
using AiBotKit.Knowledge.Language;

namespace AiBotKit.Knowledge.Ranking;

/// <summary>The immutable index of some chunks of one chatbot.</summary>
internal sealed class IndexSegment
{
    /// <summary>Up to so many rows a segment keeps its texts, to be merged with the next change.</summary>
    public const int SmallRows = 256;

    private IndexSegment(Row[] rows, Postings words, Postings grams, VectorMatrix vectors, Typos typos, IReadOnlyList<IndexEntry>? entries)
    {
        Rows = rows;
        Words = words;
        Grams = grams;
        Vectors = vectors;
        Typos = typos;
        Entries = entries;
    }

    public Row[] Rows { get; }

    public Postings Words { get; }

    public Postings Grams { get; }

    public VectorMatrix Vectors { get; }

    public Typos Typos { get; }

    /// <summary>The texts of a small segment; null for a large one.</summary>
    public IReadOnlyList<IndexEntry>? Entries { get; }

    public static IndexSegment Build(IReadOnlyList<IndexEntry> entries)
    {
        var words = new Postings.Builder();
        var grams = new Postings.Builder();
        var vocabulary = new HashSet<string>(StringComparer.Ordinal);
        var rows = new Row[entries.Count];
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            rows[i] = new Row(entry.ChunkId, entry.DocumentId, entry.Kind, entry.Language);
            Add(entry.Heading, 1);
            Add(entry.Question, RankingRules.QuestionWeight);
            Add(entry.Body, 1);
            words.EndRow();
            grams.EndRow();
        }

        return new IndexSegment(rows, words.Build(), grams.Build(), new VectorMatrix([.. entries.Select(e => e.Vectors)], SentenceEmbedder.Dimension), new Typos(vocabulary), entries.Count <= SmallRows ? entries : null);

        void Add(string? text, int weight)
        {
            if (string.IsNullOrEmpty(text))
            {
                return;
            }

            var terms = Terms.Of(text);
            words.Add(CollectionsMarshal.AsSpan(terms.Words), weight);
            grams.Add(CollectionsMarshal.AsSpan(terms.Grams), weight);
            vocabulary.UnionWith(terms.Spelled.Where(word => word.Length >= 4));
        }
    }

    internal readonly record struct Row(Guid ChunkId, Guid DocumentId, ChunkKind Kind, string Language);
}
