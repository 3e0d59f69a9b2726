using AiBotKit.Knowledge.Language;
using AiBotKit.Knowledge.Ranking;

namespace AiBotKit.Knowledge.Embedding;

/// <summary>Which sentences of a chunk and of a question are embedded. Part of the recipe: stored vectors depend on it.</summary>
internal sealed class ChunkVectors(SentenceEmbedder embedder)
{
    /// <summary>Sentences a window spans; windows do not overlap.</summary>
    private const int WindowSentences = 2;

    /// <summary>Changes whenever stored vectors must be made anew: model, windows, or the mixture below.</summary>
    public static string Version { get; } = SentenceEmbedder.Version + "-w2";

    public bool IsAvailable => embedder.IsAvailable;

    /// <summary>The vectors of an English chunk, whole first; null without a model.</summary>
    public sbyte[]? OfChunk(string? question, string body)
    {
        if (!embedder.IsAvailable)
        {
            return null;
        }

        return question is null ? OfPassage(body) : OfPair(question, body);
    }

    /// <summary>The vector of a question, read as a bare question however the message ended: people end messages in every way.</summary>
    public sbyte[]? OfQuestion(string text) =>
        embedder.IsAvailable ? VectorBytes.Of(embedder.Embed(text.Trim().TrimEnd('.', '?', '!', ' ') + "?")!) : null;

    /// <summary>A pair is mostly its question; the answer's words decide between pairs with the same question.</summary>
    private sbyte[] OfPair(string question, string answer) =>
        VectorBytes.Of(Mean((embedder.Embed(question)!, 1), (embedder.Embed(question + " " + answer)!, 0.25f), (embedder.Embed(answer)!, 0.125f)));

    private sbyte[] OfPassage(string body)
    {
        var sentences = Sentences.Split(body);
        List<sbyte> bytes = [.. VectorBytes.Of(embedder.Embed(body)!)];
        for (var i = 0; i < sentences.Count && sentences.Count > WindowSentences; i += WindowSentences)
        {
            bytes.AddRange(VectorBytes.Of(embedder.Embed(string.Join(' ', sentences.Skip(i).Take(WindowSentences)))!));
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
