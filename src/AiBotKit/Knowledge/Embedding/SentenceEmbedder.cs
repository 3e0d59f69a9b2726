using System.Numerics.Tensors;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Tokenizers;

namespace AiBotKit.Knowledge.Embedding;

/// <summary>
/// English sentence vectors by all-MiniLM-L6-v2 (4-bit weights): mean of the last layer over the tokens, length one. The model is
/// read on first use (about 70 MB of memory) and not at all when its files are missing. One that cannot be read or fails is given up until the
/// next start: questions are then answered by words alone.
/// </summary>
internal sealed partial class SentenceEmbedder : IDisposable
{
    /// <summary>Numbers in a vector.</summary>
    public const int Dimension = 384;

    /// <summary>Changes whenever stored vectors must be made anew.</summary>
    public const string Version = "minilm-l6-q4-1";

    /// <summary>Tokens read of a text; the model was trained on 128 and takes 512.</summary>
    private const int MaxTokens = 256;

    private readonly ModelFiles _files;
    private readonly ILogger _logger;
    private readonly bool _isInstalled;
    private readonly Lazy<(InferenceSession Session, BertTokenizer Tokenizer)?> _model;

    // More texts at once than cores are no faster, and each needs up to 15 MB while it runs.
    private readonly SemaphoreSlim _cores = new(Environment.ProcessorCount);
    private int _damaged;

    public SentenceEmbedder(ModelFiles files, ILogger<SentenceEmbedder>? logger = null)
    {
        (_files, _logger) = (files, logger ?? NullLogger<SentenceEmbedder>.Instance);
        _isInstalled = files.HasSentenceModel;
        _model = new(Open);
    }

    /// <summary>True when the model's files are installed and not found damaged; does not load them.</summary>
    public bool IsAvailable => State == ModelState.Ready;

    public ModelState State => !_isInstalled ? ModelState.Missing : Volatile.Read(ref _damaged) != 0 ? ModelState.Damaged : ModelState.Ready;

    /// <summary>The vector of a text; null without a model, and for good once it has failed.</summary>
    public float[]? Embed(string text)
    {
        try
        {
            return IsAvailable && _model.Value is { } model ? Run(model, text) : null;
        }
#pragma warning disable CA1031 // Native libraries throw many types for one broken file or too little memory; without the model every question is still answered by words.
        catch (Exception error)
#pragma warning restore CA1031
        {
            GiveUp(error);
            return null;
        }
    }

    private float[] Run((InferenceSession Session, BertTokenizer Tokenizer) model, string text)
    {
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
        using var outputs = RunOnACore(model.Session, options, [inputIds, mask, types]);
        var states = outputs[0].GetTensorDataAsSpan<float>();
        var vector = new float[Dimension];
        for (var i = 0; i < length; i++)
        {
            TensorPrimitives.Add(vector, states.Slice(i * Dimension, Dimension), vector);
        }

        var norm = TensorPrimitives.Norm<float>(vector);
        if (!float.IsFinite(norm) || norm == 0)
        {
            throw new InvalidDataException("The sentence model gave no vector.");
        }

        TensorPrimitives.Divide(vector, norm, vector);
        return vector;
    }

    private IDisposableReadOnlyCollection<OrtValue> RunOnACore(InferenceSession session, RunOptions options, OrtValue[] inputs)
    {
        _cores.Wait();
        try
        {
            return session.Run(options, ["input_ids", "attention_mask", "token_type_ids"], inputs, ["last_hidden_state"]);
        }
        finally
        {
            _cores.Release();
        }
    }

    public void Dispose()
    {
        _cores.Dispose();
        if (_model.IsValueCreated && IsAvailable && _model.Value is { } model)
        {
            model.Session.Dispose();
        }
    }

    private (InferenceSession, BertTokenizer)? Open()
    {
        _files.Check(_files.SentenceModel, _files.SentenceModel + "_data", _files.SentenceVocabulary);
        // One thread per text: turns run side by side. Its own arena keeps the memory of as many texts as there are cores; without it every thread
        // that ever ran one leaves as much behind in an arena of the C library, which grew to more than 1 GB under load.
        using var options = new Microsoft.ML.OnnxRuntime.SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            EnableCpuMemArena = true,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        var tokenizer = BertTokenizer.Create(_files.SentenceVocabulary, new BertOptions { LowerCaseBeforeTokenization = true });
        return (new InferenceSession(_files.SentenceModel, options), tokenizer);
    }

    private void GiveUp(Exception error)
    {
        if (Interlocked.Exchange(ref _damaged, 1) == 0)
        {
            LogDamaged(error);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The sentence model cannot be used; answers are found by words alone until the next start. Delete build/models and build again, or put the folder models of the release back")]
    private partial void LogDamaged(Exception error);
}
