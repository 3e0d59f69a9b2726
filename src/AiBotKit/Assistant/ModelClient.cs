using System.Diagnostics;
using System.Text;
using AiBotKit.Durability;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace AiBotKit.Assistant;

/// <summary>The configured model; <see cref="Client"/> is null when there is none. Tests and the crash simulator bring a scripted one.</summary>
internal sealed record AssistantModel(IChatClient? Client, string? Name);

/// <summary>What the model said, or why there is nothing: <see cref="Text"/> is null after both tries failed.</summary>
internal sealed record ModelReply(string? Text, string? Failure, long? InputTokens, long? OutputTokens, double Milliseconds);

/// <summary>
/// Asks the model: own timers for first token, silence and total, two tries within the total, a limit on size, and a memory of an outage
/// (while the model is known to be down, one turn in a growing interval tries it and the others do not wait).
/// </summary>
internal sealed class ModelClient(AssistantModel model, IOptions<AssistantOptions> options, TimeProvider time, FaultPoints faults) : IDisposable
{
    private const int MaxChars = 64 * 1024;
    private const int MaxTokens = 8192;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _slots = new(options.Value.MaxConcurrency);
    private readonly Lock _gate = new();
    private DateTimeOffset _pausedUntil = DateTimeOffset.MinValue;
    private TimeSpan _pause = FirstPause;

    public bool IsConfigured => model.Client is not null;

    public string? Name => model.Name;

    /// <param name="usable">False for a text that counts as a failed try (empty, only markers, a refusal, a leak).</param>
    /// <exception cref="OperationCanceledException">Only for the caller's own token, which reaches the provider.</exception>
    public async Task<ModelReply> AskAsync(IReadOnlyList<ChatMessage> messages, Func<string, bool> usable, CancellationToken cancellationToken)
    {
        if (!MayTry())
        {
            return new(null, "The model is down; it is tried again later.", null, null, 0);
        }

        var start = time.GetTimestamp();
        using var total = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.TotalSeconds), time);
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, total.Token);
        var failure = "";
        var wasOutage = false;
        try
        {
            await _slots.WaitAsync(budget.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, "No model call became free in time.", null, null, time.GetElapsedTime(start).TotalMilliseconds);
        }

        try
        {
            for (var attempt = 1; attempt <= 2 && !total.IsCancellationRequested; attempt++)
            {
                try
                {
                    var (text, usage) = await StreamAsync(messages, budget.Token);
                    if (usable(text))
                    {
                        Succeeded();
                        return new(text, null, usage?.InputTokenCount, usage?.OutputTokenCount, time.GetElapsedTime(start).TotalMilliseconds);
                    }

                    (failure, wasOutage) = ($"Try {attempt}: empty, refused or unusable.", false);
                }
                catch (Exception error) when (error is not CrashException and not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
                {
                    // Provider libraries throw many types for a provider that misbehaves; all of them are a failed try. The type alone is told: messages can hold text.
                    (failure, wasOutage) = ($"Try {attempt}: {error.GetType().Name}.", true);
                }
            }
        }
        finally
        {
            _slots.Release();
        }

        if (wasOutage)
        {
            Failed();
        }

        return new(null, failure, null, null, time.GetElapsedTime(start).TotalMilliseconds);
    }

    public void Dispose() => _slots.Dispose();

    private async Task<(string Text, UsageDetails? Usage)> StreamAsync(IReadOnlyList<ChatMessage> messages, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.FirstTokenSeconds), time);
        using var limits = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        var text = new StringBuilder();
        UsageDetails? usage = null;
        var updates = 0;
        await foreach (var update in (model.Client ?? throw new UnreachableException()).GetStreamingResponseAsync(messages, new ChatOptions { MaxOutputTokens = 2048 }, limits.Token))
        {
            // A library that ends its stream quietly when cancelled must not pass half a text off as whole.
            limits.Token.ThrowIfCancellationRequested();
            if (++updates == 1)
            {
                faults.Reach(FaultPoint.R3ModelConnected);
            }

            usage = update.Contents.OfType<UsageContent>().FirstOrDefault()?.Details ?? usage;
            if (update.Text.Length > 0)
            {
                faults.Reach(text.Length == 0 ? FaultPoint.R4FirstToken : FaultPoint.R5MidStream);
                text.Append(update.Text);
                silence.CancelAfter(TimeSpan.FromSeconds(options.Value.IdleSeconds));
            }

            if (text.Length > MaxChars || updates > MaxTokens)
            {
                break;
            }

            if (update.FinishReason == ChatFinishReason.ContentFilter)
            {
                return ("", usage);
            }
        }

        limits.Token.ThrowIfCancellationRequested();
        faults.Reach(FaultPoint.R6TextComplete);
        return (text.Length > MaxChars ? text.ToString(0, MaxChars) : text.ToString(), usage);
    }

    private bool MayTry()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (now < _pausedUntil && _pausedUntil - now <= LongestPause)
            {
                return false;
            }

            if (_pausedUntil != DateTimeOffset.MinValue)
            {
                // This turn is the probe; the others keep away until it has told.
                _pausedUntil = now + LongestPause;
            }

            return true;
        }
    }

    private void Succeeded()
    {
        lock (_gate)
        {
            (_pausedUntil, _pause) = (DateTimeOffset.MinValue, FirstPause);
        }
    }

    private void Failed()
    {
        lock (_gate)
        {
            _pausedUntil = time.GetUtcNow() + _pause;
            _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        }
    }
}
