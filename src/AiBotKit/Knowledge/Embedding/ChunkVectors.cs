using System.Collections.Concurrent;
using AiBotKit.Knowledge.Language;
using AiBotKit.Knowledge.Ranking;

namespace AiBotKit.Knowledge.Embedding;

/// <summary>Which sentences of a chunk and of a question are embedded. Part of the recipe: stored vectors depend on it.</summary>
internal sealed class ChunkVectors(SentenceEmbedder embedder)
{
    /// <summary>Sentences a window spans; windows do not overlap.</summary>
    private const int WindowSentences = 2;

    private const double SameWord = 0.66;

    /// <summary>Words whose vectors are kept, of half a kilobyte each.</summary>
    private const int MaxWords = 10_000;

    private readonly ConcurrentDictionary<string, sbyte[]?> _words = new(StringComparer.Ordinal);

    /// <summary>Changes whenever stored vectors must be made anew: model, windows, or the mixture below.</summary>
    public static string Version { get; } = SentenceEmbedder.Version + "-w2";

    public bool IsAvailable => embedder.IsAvailable;

    /// <summary>The vectors of an English chunk, whole first; null without a model, and when it fails on the way.</summary>
    public sbyte[]? OfChunk(string? question, string body)
    {
        return !embedder.IsAvailable ? null : question is null ? OfPassage(body) : OfPair(question, body);
    }

    /// <summary>The vector of a question, read as a bare question however the message ended: people end messages in every way.</summary>
    public sbyte[]? OfQuestion(string text) =>
        embedder.Embed(text.Trim().TrimEnd('.', '?', '!', ' ') + "?") is { } vector ? VectorBytes.Of(vector) : null;

    /// <summary>True when one of these English words means what <paramref name="word"/> means: "price" and "costs", not "tea" and "coffee" (0.63).</summary>
    public bool MeansOneOf(string word, IReadOnlyList<string> others) =>
        OfWord(word) is { } vector && others.Any(other => OfWord(other) is { } known && VectorBytes.Cosine(vector, known) >= SameWord);

    private sbyte[]? OfWord(string word)
    {
        if (!_words.TryGetValue(word, out var vector))
        {
            vector = embedder.Embed(word) is { } numbers ? VectorBytes.Of(numbers) : null;
            if (_words.Count >= MaxWords)
            {
                // Rarely: a shop's words are a few thousand. What is asked next fills it again.
                _words.Clear();
            }

            _words[word] = vector;
        }

        return vector;
    }

    /// <summary>A pair is mostly its question; the answer's words decide between pairs with the same question.</summary>
    private sbyte[]? OfPair(string question, string answer) =>
        embedder.Embed(question) is { } asked && embedder.Embed(question + " " + answer) is { } both && embedder.Embed(answer) is { } said
            ? VectorBytes.Of(Mean((asked, 1), (both, 0.25f), (said, 0.125f)))
            : null;

    private sbyte[]? OfPassage(string body)
    {
        if (embedder.Embed(body) is not { } whole)
        {
            return null;
        }

        var sentences = Sentences.Split(body);
        List<sbyte> bytes = [.. VectorBytes.Of(whole)];
        for (var i = 0; i < sentences.Count && sentences.Count > WindowSentences; i += WindowSentences)
        {
            if (embedder.Embed(string.Join(' ', sentences.Skip(i).Take(WindowSentences))) is not { } window)
            {
                return null;
            }

            bytes.AddRange(VectorBytes.Of(window));
        }

        return [.. bytes];
    }

    private static float[] Mean(params ReadOnlySpan<(float[] Vector, float Weight)> parts)
    {
        var mean = new float[SentenceEmbedder.Dimension];
        foreach (var (vector, weight) in parts)
        {
            for (var i = 0; i < mean.Length; i++)
            {
                mean[i] += weight * vector[i];
            }
        }

        var norm = System.Numerics.Tensors.TensorPrimitives.Norm<float>(mean);
        for (var i = 0; i < mean.Length; i++)
        {
            mean[i] /= norm;
        }

        return mean;
    }
}
