using System.Text;

namespace AiBotKit.Knowledge.Embedding;

/// <summary>
/// Reads a quantised fastText classifier (.ftz, format 12) and evaluates it: hashed character n-grams, product-quantised input
/// matrix, hierarchical softmax. Written from the format's description; only what lid.176.ftz uses is supported.
/// </summary>
internal sealed class FastTextModel
{
    private const int Magic = 793712314;
    private const string EndOfSentence = "</s>";

    private readonly int _dimension;
    private readonly int _bucket;
    private readonly int _minN;
    private readonly int _maxN;
    private readonly int _wordCount;
    private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal);
    private readonly List<string> _labels = [];
    private readonly Dictionary<int, int> _kept = [];
    private readonly bool _pruned;
    private readonly float[] _rows;
    private readonly float[] _output;
    private readonly Node[] _tree;

    private FastTextModel(BinaryReader reader)
    {
        if (reader.ReadInt32() != Magic || reader.ReadInt32() != 12)
        {
            throw new InvalidDataException("Not a fastText model of format 12.");
        }

        _dimension = reader.ReadInt32();
        reader.ReadInt32(); // window
        reader.ReadInt32(); // epochs
        reader.ReadInt32(); // least count
        reader.ReadInt32(); // negatives
        reader.ReadInt32(); // word n-grams
        if (reader.ReadInt32() != 1)
        {
            throw new InvalidDataException("Only hierarchical softmax is supported.");
        }

        reader.ReadInt32(); // model kind
        _bucket = reader.ReadInt32();
        _minN = reader.ReadInt32();
        _maxN = reader.ReadInt32();
        reader.ReadInt32(); // update rate
        reader.ReadDouble(); // sampling

        var entries = reader.ReadInt32();
        _wordCount = reader.ReadInt32();
        reader.ReadInt32(); // labels
        reader.ReadInt64(); // tokens seen
        var keptCount = reader.ReadInt64();
        var labelCounts = new List<long>();
        for (var i = 0; i < entries; i++)
        {
            var text = ReadText(reader);
            var count = reader.ReadInt64();
            if (reader.ReadSByte() == 0)
            {
                _words[text] = i;
            }
            else
            {
                _labels.Add(text["__label__".Length..]);
                labelCounts.Add(count);
            }
        }

        _pruned = keptCount >= 0;
        for (var i = 0L; i < keptCount; i++)
        {
            _kept[reader.ReadInt32()] = reader.ReadInt32();
        }

        if (!reader.ReadBoolean())
        {
            throw new InvalidDataException("Only quantised models are supported.");
        }

        _rows = ReadQuantised(reader, _dimension);
        reader.ReadBoolean();
        var outputs = checked((int)reader.ReadInt64());
        var columns = checked((int)reader.ReadInt64());
        _output = new float[outputs * columns];
        for (var i = 0; i < _output.Length; i++)
        {
            _output[i] = reader.ReadSingle();
        }

        _tree = BuildTree(labelCounts);
    }

    public static FastTextModel Load(string path)
    {
        using var reader = new BinaryReader(new BufferedStream(File.OpenRead(path), 1 << 16));
        return new FastTextModel(reader);
    }

    /// <summary>Labels with probabilities of at least <paramref name="least"/>, best first.</summary>
    public List<(string Label, double Probability)> Predict(string text, double least = 0.01)
    {
        var hidden = new float[_dimension];
        var rows = 0;
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            rows += AddWord(word, hidden);
        }

        if (_words.TryGetValue(EndOfSentence, out var end))
        {
            AddRow(end, hidden);
            rows++;
        }

        for (var i = 0; i < _dimension && rows > 0; i++)
        {
            hidden[i] /= rows;
        }

        var found = new List<(string, double)>();
        Descend(_tree.Length - 1, 1, least, hidden, found);
        found.Sort((a, b) => b.Item2.CompareTo(a.Item2));
        return found;
    }

    private int AddWord(string word, float[] hidden)
    {
        var rows = 0;
        if (_words.TryGetValue(word, out var id))
        {
            AddRow(id, hidden);
            rows++;
        }

        var bytes = Encoding.UTF8.GetBytes("<" + word + ">");
        for (var i = 0; i < bytes.Length; i++)
        {
            if ((bytes[i] & 0xC0) == 0x80)
            {
                continue;
            }

            var hash = 2166136261u;
            var at = i;
            for (var n = 1; at < bytes.Length && n <= _maxN; n++)
            {
                do
                {
                    hash = (hash ^ (uint)(sbyte)bytes[at]) * 16777619u;
                    at++;
                }
                while (at < bytes.Length && (bytes[at] & 0xC0) == 0x80);

                if (n >= _minN && !(n == 1 && (i == 0 || at == bytes.Length)) && RowOf(hash) is { } row)
                {
                    AddRow(row, hidden);
                    rows++;
                }
            }
        }

        return rows;
    }

    private int? RowOf(uint hash)
    {
        var id = (int)(hash % (uint)_bucket);
        if (!_pruned)
        {
            return _wordCount + id;
        }

        return _kept.TryGetValue(id, out var kept) ? _wordCount + kept : null;
    }

    private void AddRow(int row, float[] hidden)
    {
        var values = _rows.AsSpan(row * _dimension, _dimension);
        for (var i = 0; i < hidden.Length; i++)
        {
            hidden[i] += values[i];
        }
    }

    private void Descend(int node, double probability, double least, float[] hidden, List<(string, double)> found)
    {
        if (probability < least)
        {
            return;
        }

        if (node < _labels.Count)
        {
            found.Add((_labels[node], probability));
            return;
        }

        var weights = _output.AsSpan((node - _labels.Count) * _dimension, _dimension);
        var dot = 0.0;
        for (var i = 0; i < hidden.Length; i++)
        {
            dot += weights[i] * hidden[i];
        }

        var right = 1 / (1 + Math.Exp(-dot));
        Descend(_tree[node].Left, probability * (1 - right), least, hidden, found);
        Descend(_tree[node].Right, probability * right, least, hidden, found);
    }

    private static float[] ReadQuantised(BinaryReader reader, int dimension)
    {
        var hasNorms = reader.ReadBoolean();
        var rowCount = checked((int)reader.ReadInt64());
        reader.ReadInt64(); // columns
        var codes = reader.ReadBytes(reader.ReadInt32());
        var quantizer = new Quantizer(reader);
        var normCodes = hasNorms ? reader.ReadBytes(rowCount) : null;
        var norms = hasNorms ? new Quantizer(reader) : null;
        var rows = new float[rowCount * dimension];
        for (var row = 0; row < rowCount; row++)
        {
            var norm = norms is null ? 1 : norms.Centroid(0, normCodes![row])[0];
            for (var sub = 0; sub < quantizer.Subs; sub++)
            {
                var centroid = quantizer.Centroid(sub, codes[(row * quantizer.Subs) + sub]);
                for (var i = 0; i < centroid.Length; i++)
                {
                    rows[(row * dimension) + (sub * quantizer.SubLength) + i] = norm * centroid[i];
                }
            }
        }

        return rows;
    }

    /// <summary>The Huffman tree over label counts (they are stored in falling order), built as the trainer built it.</summary>
    private static Node[] BuildTree(List<long> counts)
    {
        var leaves = counts.Count;
        var tree = new Node[(2 * leaves) - 1];
        for (var i = 0; i < tree.Length; i++)
        {
            tree[i] = new Node(-1, -1, i < leaves ? counts[i] : (long)1e15);
        }

        var leaf = leaves - 1;
        var inner = leaves;
        for (var i = leaves; i < tree.Length; i++)
        {
            var left = Next();
            var right = Next();
            tree[i] = new Node(left, right, tree[left].Count + tree[right].Count);
        }

        return tree;

        int Next() => leaf >= 0 && tree[leaf].Count < tree[inner].Count ? leaf-- : inner++;
    }

    private static string ReadText(BinaryReader reader)
    {
        var bytes = new List<byte>();
        for (var b = reader.ReadByte(); b != 0; b = reader.ReadByte())
        {
            bytes.Add(b);
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private readonly record struct Node(int Left, int Right, long Count);

    private sealed class Quantizer
    {
        private readonly int _lastLength;
        private readonly float[] _centroids;

        public Quantizer(BinaryReader reader)
        {
            var dimension = reader.ReadInt32();
            Subs = reader.ReadInt32();
            SubLength = reader.ReadInt32();
            _lastLength = reader.ReadInt32();
            _centroids = new float[dimension * 256];
            for (var i = 0; i < _centroids.Length; i++)
            {
                _centroids[i] = reader.ReadSingle();
            }
        }

        public int Subs { get; }

        public int SubLength { get; }

        public ReadOnlySpan<float> Centroid(int sub, byte code) => sub == Subs - 1
            ? _centroids.AsSpan((sub * 256 * SubLength) + (code * _lastLength), _lastLength)
            : _centroids.AsSpan(((sub * 256) + code) * SubLength, SubLength);
    }
}
