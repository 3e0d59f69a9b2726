using System.Buffers;

namespace AiBotKit.Knowledge.Ranking;

/// <summary>
/// All knowledge of one chatbot, in memory and immutable: a change makes a new index that shares the old segments
/// (<see cref="With"/>), and the reference is swapped.
/// </summary>
internal sealed class ChatbotIndex
{
    /// <summary>Chunks whose windows and exact coverage are looked at before the final order.</summary>
    private const int Candidates = 64;

    private readonly IndexSegment[] _segments;
    private readonly bool[][] _dead;

    private ChatbotIndex(IndexSegment[] segments, bool[][] dead)
    {
        _segments = segments;
        _dead = dead;
        Count = segments.Sum(s => s.Rows.Length) - dead.Sum(d => d.Count(x => x));
        Language = segments.SelectMany(s => s.Rows).GroupBy(r => r.Language).OrderByDescending(g => g.Count()).FirstOrDefault()?.Key ?? "und";
    }

    public static ChatbotIndex Empty { get; } = new([], []);

    /// <summary>Chunks that can be found.</summary>
    public int Count { get; }

    /// <summary>The language most of the chunks are written in.</summary>
    public string Language { get; }

    /// <summary>True when an English question should be embedded.</summary>
    public bool HasVectors => _segments.Any(s => s.Vectors.Any);

    public static ChatbotIndex Build(IReadOnlyList<IndexEntry> entries) => new([IndexSegment.Build(entries)], [new bool[entries.Count]]);

    /// <summary>This index without the documents <paramref name="removed"/> and with <paramref name="added"/>; what both share is not copied.</summary>
    public ChatbotIndex With(IReadOnlySet<Guid> removed, IReadOnlyList<IndexEntry> added)
    {
        var segments = _segments.ToList();
        var dead = new List<bool[]>();
        for (var s = 0; s < _segments.Length; s++)
        {
            var rows = _segments[s].Rows;
            var flags = (bool[])_dead[s].Clone();
            for (var row = 0; row < rows.Length; row++)
            {
                flags[row] |= removed.Contains(rows[row].DocumentId);
            }

            dead.Add(flags);
        }

        // The newest pieces are small and keep their texts: they are merged, so that many small changes do not make many segments.
        var last = added.ToList();
        while (segments.Count > 0 && segments[^1].Entries is { } entries && entries.Count + last.Count <= IndexSegment.SmallRows)
        {
            var flags = dead[^1];
            last.InsertRange(0, entries.Where((_, row) => !flags[row]));
            segments.RemoveAt(segments.Count - 1);
            dead.RemoveAt(dead.Count - 1);
        }

        if (last.Count > 0)
        {
            segments.Add(IndexSegment.Build(last));
            dead.Add(new bool[last.Count]);
        }

        return new([.. segments], [.. dead]);
    }

    /// <summary>True when so much was changed piece by piece that building anew is cheaper than searching the pieces.</summary>
    public bool IsFragmented => _segments.Length > 12 || _dead.Sum(d => d.Count(x => x)) > Count + 64;

    /// <summary>The same question with unknown words read as the known ones they were probably meant to be.</summary>
    public Question ReadTypos(Question question)
    {
        var words = question.Words.Select(word =>
        {
            if (word.Commonness > 0.1 || word.Keys.Count != 1 || RowsWithWord(word.Keys[0]) > 0)
            {
                return word;
            }

            var meant = _segments.Select(s => s.Typos.Read(word.Folded)).FirstOrDefault(w => w is not null);
            return meant is null ? word : Question.WordOf(meant, question.Language) with { Trust = 0.8 };
        }).ToList();
        return words.All(w => w.Trust >= 1) ? question : question with { Words = words, Text = string.Join(' ', words.Select(w => w.Folded)) };
    }

    /// <summary>The best chunks, best first. <paramref name="vector"/>: of the question, when it is English.</summary>
    public IReadOnlyList<RankedChunk> Search(Question question, sbyte[]? vector, int limit)
    {
        var total = _segments.Sum(s => s.Rows.Length);
        if (Count == 0 || question.Words.Count == 0)
        {
            return [];
        }

        var lexical = ArrayPool<float>.Shared.Rent(total);
        var cosines = ArrayPool<float>.Shared.Rent(total);
        try
        {
            Array.Clear(lexical, 0, total);
            Array.Clear(cosines, 0, total);
            var wordTerms = WordTerms(question);
            var gramTerms = GramTerms(question);
            var start = 0;
            foreach (var segment in _segments)
            {
                var scores = lexical.AsSpan(start, segment.Rows.Length);
                ScoreTerms(segment.Words, wordTerms, scores);
                ScoreTerms(segment.Grams, gramTerms, scores);
                if (vector is not null && segment.Vectors.Any)
                {
                    segment.Vectors.Cosines(vector, cosines.AsSpan(start, segment.Rows.Length));
                }

                start += segment.Rows.Length;
            }

            var best = Best(lexical, cosines, vector is not null, Math.Max(limit, Candidates));
            return Finish(best, lexical, vector, wordTerms, limit);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(lexical);
            ArrayPool<float>.Shared.Return(cosines);
        }
    }

    /// <summary>How telling a word of a question is in this knowledge: its idf, the mean over its pairs of characters where words are not separated.</summary>
    public double Weight(Question.Word word) =>
        word.Keys.Count == 0 ? 0 : word.Keys.Average(key => RankingRules.Idf(Count, RowsWithWord(key), word.Commonness));

    private static void ScoreTerms(Postings postings, List<Term> terms, Span<float> scores)
    {
        var most = terms.Sum(t => t.Idf) * Postings.MaxTermScore;
        foreach (var term in terms)
        {
            // Half for words, half for grams, each as a share of the most it could be.
            postings.Score(term.Key, (float)(0.5 * term.Idf * term.Trust / most), scores);
        }
    }

    /// <summary>The rows with the highest provisional scores, in no order.</summary>
    private List<(int Segment, int Row, int Slot)> Best(float[] lexical, float[] cosines, bool hasVector, int count)
    {
        var queue = new PriorityQueue<(int, int, int), double>();
        var slot = 0;
        for (var s = 0; s < _segments.Length; s++)
        {
            var segment = _segments[s];
            for (var row = 0; row < segment.Rows.Length; row++, slot++)
            {
                if (_dead[s][row])
                {
                    continue;
                }

                double? cosine = hasVector && segment.Vectors.Has(row) ? cosines[slot] : null;
                var score = RankingRules.Score(segment.Rows[row].Kind, lexical[slot], cosine);
                if (score <= 0)
                {
                    continue;
                }

                if (queue.Count < count)
                {
                    queue.Enqueue((s, row, slot), score);
                }
                else if (queue.TryPeek(out _, out var least) && score > least)
                {
                    queue.DequeueEnqueue((s, row, slot), score);
                }
            }
        }

        return [.. queue.UnorderedItems.Select(item => item.Element)];
    }

    private List<RankedChunk> Finish(List<(int Segment, int Row, int Slot)> rows, float[] lexical, sbyte[]? vector, List<Term> words, int limit)
    {
        var weight = words.Sum(w => w.Idf);
        var ranked = new List<RankedChunk>(rows.Count);
        foreach (var (s, row, slot) in rows)
        {
            var segment = _segments[s];
            var info = segment.Rows[row];
            double? cosine = vector is not null && segment.Vectors.Has(row) ? Cosine(segment.Vectors, vector, row) : null;
            var covered = 0.0;
            foreach (var word in words)
            {
                covered += segment.Words.Holds(word.Key, row) ? word.Idf * word.Trust : 0;
            }

            ranked.Add(new RankedChunk(
                info.ChunkId,
                RankingRules.Score(info.Kind, lexical[slot], cosine),
                covered / weight,
                cosine,
                RankingRules.Evidence(info.Kind, lexical[slot], cosine)));
        }

        ranked.Sort((a, b) => b.Score != a.Score ? b.Score.CompareTo(a.Score) : a.ChunkId.CompareTo(b.ChunkId));
        return ranked.Count > limit ? ranked[..limit] : ranked;
    }

    /// <summary>A chunk is near when it is as a whole and one window of it is: one sentence of a long chunk is often all that was asked for.</summary>
    private static double Cosine(VectorMatrix vectors, sbyte[] question, int row)
    {
        var whole = vectors.Whole(question, row);
        return vectors.BestWindow(question, row) is { } window ? (whole + window) / 2 : whole;
    }

    private List<Term> WordTerms(Question question)
    {
        var terms = new List<Term>();
        foreach (var word in question.Words)
        {
            foreach (var key in word.Keys)
            {
                terms.Add(new Term(key, RankingRules.Idf(Count, RowsWithWord(key), word.Commonness), word.Trust));
            }
        }

        return terms;
    }

    private List<Term> GramTerms(Question question)
    {
        var terms = new Dictionary<ulong, Term>();
        foreach (var word in question.Words)
        {
            foreach (var key in word.Grams)
            {
                var rows = 0;
                foreach (var segment in _segments)
                {
                    rows += segment.Grams.CountOf(key);
                }

                terms.TryAdd(key, new Term(key, RankingRules.Idf(Count, rows, word.Commonness), word.Trust));
            }
        }

        return [.. terms.Values];
    }

    private int RowsWithWord(ulong key)
    {
        var rows = 0;
        foreach (var segment in _segments)
        {
            rows += segment.Words.CountOf(key);
        }

        return rows;
    }

    private readonly record struct Term(ulong Key, double Idf, double Trust);
}
