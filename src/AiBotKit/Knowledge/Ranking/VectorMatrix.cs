namespace AiBotKit.Knowledge.Ranking;

/// <summary>
/// The sentence vectors of a segment, searched exactly. The vectors of whole chunks lie side by side for one pass over all of them;
/// those of their windows are read only for chunks that are already promising.
/// </summary>
internal sealed class VectorMatrix
{
    private readonly int _dimension;
    private readonly sbyte[] _whole;
    private readonly sbyte[] _windows;
    private readonly int[] _windowStart;
    private readonly bool[] _present;

    public VectorMatrix(IReadOnlyList<sbyte[]?> vectors, int dimension)
    {
        _present = new bool[vectors.Count];
        _windowStart = new int[vectors.Count + 1];
        for (var row = 0; row < vectors.Count; row++)
        {
            var values = vectors[row];
            _present[row] = values is { Length: > 0 } && values.Length % dimension == 0;
            Any |= _present[row];
            _windowStart[row + 1] = _windowStart[row] + (_present[row] ? values!.Length - dimension : 0);
        }

        _dimension = Any ? dimension : 0;
        _whole = new sbyte[_dimension * vectors.Count];
        _windows = new sbyte[_windowStart[^1]];
        for (var row = 0; row < vectors.Count; row++)
        {
            if (_present[row])
            {
                vectors[row].AsSpan(0, dimension).CopyTo(_whole.AsSpan(row * dimension));
                vectors[row].AsSpan(dimension).CopyTo(_windows.AsSpan(_windowStart[row]));
            }
        }
    }

    /// <summary>True when at least one row has a vector.</summary>
    public bool Any { get; }

    public bool Has(int row) => _present[row];

    /// <summary>Writes the cosine of each whole chunk; 0 for a row without a vector.</summary>
    public void Cosines(ReadOnlySpan<sbyte> question, Span<float> cosines)
    {
        for (var row = 0; row < _present.Length; row++)
        {
            cosines[row] = _present[row] ? VectorBytes.Cosine(question, _whole.AsSpan(row * _dimension, _dimension)) : 0;
        }
    }

    /// <summary>The cosine of the whole chunk.</summary>
    public float Whole(ReadOnlySpan<sbyte> question, int row) => VectorBytes.Cosine(question, _whole.AsSpan(row * _dimension, _dimension));

    /// <summary>The best cosine among the windows of a chunk; null when it has none.</summary>
    public float? BestWindow(ReadOnlySpan<sbyte> question, int row)
    {
        float? best = null;
        for (var at = _windowStart[row]; at < _windowStart[row + 1]; at += _dimension)
        {
            var cosine = VectorBytes.Cosine(question, _windows.AsSpan(at, _dimension));
            best = best is { } known && known >= cosine ? known : cosine;
        }

        return best;
    }
}
