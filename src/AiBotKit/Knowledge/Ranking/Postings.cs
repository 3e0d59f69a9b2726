namespace AiBotKit.Knowledge.Ranking;

/// <summary>An inverted list per term, scored by BM25. Immutable; rows are numbered from zero in the order of building.</summary>
internal sealed class Postings
{
    private const float K1 = 1.2f;
    private const float B = 0.75f;

    private readonly Dictionary<ulong, int> _terms;
    private readonly int[] _offsets;
    private readonly int[] _rows;
    private readonly byte[] _frequencies;
    private readonly float[] _norms;

    private Postings(Dictionary<ulong, int> terms, int[] offsets, int[] rows, byte[] frequencies, float[] norms)
    {
        _terms = terms;
        _offsets = offsets;
        _rows = rows;
        _frequencies = frequencies;
        _norms = norms;
    }

    /// <summary>The most one term can add, before its idf.</summary>
    public const float MaxTermScore = K1 + 1;

    /// <summary>Rows that hold the term.</summary>
    public int CountOf(ulong key) => _terms.TryGetValue(key, out var term) ? _offsets[term + 1] - _offsets[term] : 0;

    /// <summary>Adds <paramref name="weight"/> × BM25's saturated frequency to the score of each row that holds the term.</summary>
    public void Score(ulong key, float weight, Span<float> scores)
    {
        if (!_terms.TryGetValue(key, out var term))
        {
            return;
        }

        var rows = _rows.AsSpan(_offsets[term].._offsets[term + 1]);
        var frequencies = _frequencies.AsSpan(_offsets[term].._offsets[term + 1]);
        weight *= K1 + 1;
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            float frequency = frequencies[i];
            scores[row] += weight * frequency / (frequency + _norms[row]);
        }
    }

    /// <summary>True when the row holds the term.</summary>
    public bool Holds(ulong key, int row) =>
        _terms.TryGetValue(key, out var term) && _rows.AsSpan(_offsets[term].._offsets[term + 1]).BinarySearch(row) >= 0;

    internal sealed class Builder
    {
        private readonly Dictionary<ulong, int> _terms = [];
        private readonly List<int> _termOf = [];
        private readonly List<int> _rowOf = [];
        private readonly List<byte> _frequencyOf = [];
        private readonly List<int> _lengths = [];
        private readonly Dictionary<ulong, int> _current = [];

        public void Add(ReadOnlySpan<ulong> keys, int weight)
        {
            foreach (var key in keys)
            {
                _current[key] = _current.GetValueOrDefault(key) + weight;
            }
        }

        public void EndRow()
        {
            var row = _lengths.Count;
            var length = 0;
            foreach (var (key, frequency) in _current)
            {
                if (!_terms.TryGetValue(key, out var term))
                {
                    _terms.Add(key, term = _terms.Count);
                }

                _termOf.Add(term);
                _rowOf.Add(row);
                _frequencyOf.Add((byte)Math.Min(frequency, 255));
                length += frequency;
            }

            _lengths.Add(length);
            _current.Clear();
        }

        public Postings Build()
        {
            var offsets = new int[_terms.Count + 1];
            foreach (var term in _termOf)
            {
                offsets[term + 1]++;
            }

            for (var i = 0; i < _terms.Count; i++)
            {
                offsets[i + 1] += offsets[i];
            }

            // A stable counting sort: rows come out in rising order within each term.
            var next = offsets.AsSpan(0, _terms.Count).ToArray();
            var rows = new int[_termOf.Count];
            var frequencies = new byte[_termOf.Count];
            for (var i = 0; i < _termOf.Count; i++)
            {
                var at = next[_termOf[i]]++;
                rows[at] = _rowOf[i];
                frequencies[at] = _frequencyOf[i];
            }

            var average = _lengths.Count == 0 ? 1 : Math.Max(1, _lengths.Average());
            var norms = new float[_lengths.Count];
            for (var i = 0; i < norms.Length; i++)
            {
                norms[i] = K1 * (1 - B + (B * (float)(_lengths[i] / average)));
            }

            _terms.TrimExcess();
            return new Postings(_terms, offsets, rows, frequencies, norms);
        }
    }
}
