using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Tokenizers;

namespace AiBotKit.Knowledge.Embedding;

/// <summary>
/// English sentence vectors by all-MiniLM-L6-v2 (4-bit weights): mean of the last layer over the tokens, length one. The model is
/// read on first use (about 70 MB of memory) and not at all when its files are missing.
/// </summary>
internal sealed class SentenceEmbedder(ModelFiles files) : IDisposable
{
    /// <summary>Numbers in a vector.</summary>
    public const int Dimension = 384;

    /// <summary>Changes whenever stored vectors must be made anew.</summary>
    public const string Version = "minilm-l6-q4-1";

    /// <summary>Tokens read of a text; the model was trained on 128 and takes 512.</summary>
    private const int MaxTokens = 256;

    private readonly Lazy<(InferenceSession Session, BertTokenizer Tokenizer)?> _model = new(() => Open(files));

    /// <summary>True when the model's files are installed; does not load them.</summary>
    public bool IsAvailable { get; } = files.HasSentenceModel;

    /// <summary>The vector of a text; null without a model.</summary>
    public float[]? Embed(string text)
    {
        if (!IsAvailable || _model.Value is not { } model)
        {
            return null;
        }

        var ids = model.Tokenizer.EncodeToIds(text, MaxTokens, out _, out _);
        var length = ids.Count;
        var tokens = new long[length];
        var ones = new long[length];
        for (var i = 0; i < length; i++)
        {
            tokens[i] = ids[i];
            ones[i] = 1;
        }

        long[] shape = [1, length];
        using var inputIds = OrtValue.CreateTensorValueFromMemory(tokens, shape);
        using var mask = OrtValue.CreateTensorValueFromMemory(ones, shape);
        using var types = OrtValue.CreateTensorValueFromMemory(new long[length], shape);
        using var options = new RunOptions();
        using var outputs = model.Session.Run(options, ["input_ids", "attention_mask", "token_type_ids"], [inputIds, mask, types], ["last_hidden_state"]);
        var states = outputs[0].GetTensorDataAsSpan<float>();
        var vector = new float[Dimension];
        for (var i = 0; i < length; i++)
        {
            TensorPrimitives.Add(vector, states.Slice(i * Dimension, Dimension), vector);
        }

        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        return vector;
    }

    public void Dispose()
    {
        if (_model.IsValueCreated && _model.Value is { } model)
        {
            model.Session.Dispose();
        }
    }

    private static (InferenceSession, BertTokenizer)? Open(ModelFiles files)
    {
        if (!files.HasSentenceModel)
        {
            return null;
        }

        // One thread per text: turns run side by side. No arena: it would keep the memory of the longest text for ever.
        using var options = new Microsoft.ML.OnnxRuntime.SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            EnableCpuMemArena = false,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        var tokenizer = BertTokenizer.Create(files.SentenceVocabulary, new BertOptions { LowerCaseBeforeTokenization = true });
        return (new InferenceSession(files.SentenceModel, options), tokenizer);
    }
}
