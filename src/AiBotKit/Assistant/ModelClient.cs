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
internal sealed class ModelClient(AssistantModel model, IOptions<AssistantOptions> options, TimeProvider time, FaultPoints faults)
{
    private const int MaxChars = 64 * 1024;
    private const int MaxTokens = 8192;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private readonly ModelSlots _slots = new(options.Value.MaxConcurrency);
    private readonly Lock _gate = new();
    private DateTimeOffset _pausedUntil = DateTimeOffset.MinValue;
    private TimeSpan _pause = FirstPause;

    public bool IsConfigured => model.Client is not null;

    public string? Name => model.Name;

    /// <param name="accountId">Whose turn it is: accounts share the calls fairly.</param>
    /// <param name="usable">False for a text that counts as a failed try (empty, only markers, a refusal, a leak).</param>
    /// <param name="limit">What is left of the turn's own time; <c>Assistant:TotalSeconds</c> when that is less.</param>
    /// <exception cref="OperationCanceledException">Only for the caller's own token, which reaches the provider.</exception>
    public async Task<ModelReply> AskAsync(Guid accountId, IReadOnlyList<ChatMessage> messages, Func<string, bool> usable, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!MayTry(out var probes))
        {
            return new(null, "The model is down; it is tried again later.", null, null, 0);
        }

        var start = time.GetTimestamp();
        var seconds = Math.Clamp(limit.TotalSeconds, 0, options.Value.TotalSeconds);
        using var total = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), time);
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, total.Token);
        bool? isUp = null;
        try
        {
            await _slots.TakeAsync(accountId, budget.Token);
            try
            {
                (var reply, isUp) = await TryTwiceAsync(messages, usable, start, total.Token, budget.Token, cancellationToken);
                return reply;
            }
            finally
            {
                _slots.Release();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, "No model call became free in time.", null, null, time.GetElapsedTime(start).TotalMilliseconds);
        }
        finally
        {
            Tell(isUp, probes);
        }
    }

    private async Task<(ModelReply Reply, bool IsUp)> TryTwiceAsync(
        IReadOnlyList<ChatMessage> messages, Func<string, bool> usable, long start, CancellationToken total, CancellationToken budget, CancellationToken cancellationToken)
    {
        var failure = "";
        var isUp = false;
        for (var attempt = 1; attempt <= 2 && !total.IsCancellationRequested; attempt++)
        {
            try
            {
                var (text, usage) = await StreamAsync(messages, budget);
                if (usable(text))
                {
                    return (new(text, null, usage?.InputTokenCount, usage?.OutputTokenCount, time.GetElapsedTime(start).TotalMilliseconds), true);
                }

                (failure, isUp) = ($"Try {attempt}: empty, refused or unusable.", true);
            }
            catch (Exception error) when (error is not CrashException and not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
            {
                // Provider libraries throw many types for a provider that misbehaves; all of them are a failed try. The type alone is told: messages can hold text.
                (failure, isUp) = ($"Try {attempt}: {error.GetType().Name}.", false);
            }
        }

        return (new(null, failure, null, null, time.GetElapsedTime(start).TotalMilliseconds), isUp);
    }

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
                silence.CancelAfter(TimeSpan.FromSeconds(options.Value.IdleSeconds));
                faults.Reach(text.Length == 0 ? FaultPoint.R4FirstToken : FaultPoint.R5MidStream);
                text.Append(update.Text);
            }

            if (text.Length > MaxChars || updates >= MaxTokens)
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

    private bool MayTry(out bool probes)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            probes = _pausedUntil != DateTimeOffset.MinValue;
            if (now < _pausedUntil && _pausedUntil - now <= LongestPause)
            {
                return false;
            }

            if (probes)
            {
                // This turn is the probe; the others keep away until it has told.
                _pausedUntil = now + LongestPause;
            }

            return true;
        }
    }

    /// <summary>An answer of any kind ends an outage, a failure begins or lengthens it; a probe that learned nothing leaves the next turn to try.</summary>
    private void Tell(bool? isUp, bool probed)
    {
        lock (_gate)
        {
            if (isUp == true)
            {
                (_pausedUntil, _pause) = (DateTimeOffset.MinValue, FirstPause);
            }
            else if (isUp == false)
            {
                _pausedUntil = time.GetUtcNow() + _pause;
                _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
            }
            else if (probed)
            {
                _pausedUntil = time.GetUtcNow();
            }
        }
    }
}
