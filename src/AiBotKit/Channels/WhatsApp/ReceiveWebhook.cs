using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Storage;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>How one callback is answered.</summary>
internal enum WebhookAnswer
{
    /// <summary>200: everything in it is on disk, or was already.</summary>
    Stored,

    /// <summary>401: no valid signature; nothing was parsed, nothing stored.</summary>
    NotSigned,

    /// <summary>503 with Retry-After: the store cannot commit now.</summary>
    Unavailable,
}

/// <summary>
/// Takes one callback of the provider: signature over the raw bytes, then one parse, then one transaction, then 200. Nothing else happens
/// here: no model call, no send (wire facts 2, "answer exactly 200, fast").
/// </summary>
internal sealed class ReceiveWebhook(
    SignatureScheme scheme,
    CallbackSecrets secrets,
    RefusedCallbacks refused,
    Arrivals arrivals,
    DedupKeys keys,
    IMessageStore store,
    ConversationsOptions conversations,
    WhatsAppMetrics metrics,
    FaultPoints faults,
    TimeProvider time)
{
    /// <summary>Meta's own limit is 3 MB; more is not read.</summary>
    public const int MaxBody = 4 << 20;

    /// <summary>What is kept of a body that is no JSON.</summary>
    public const int MaxDeadBody = 65_536;

    private readonly SharedPatience _patience = new(TimeSpan.FromSeconds(2), time);

    /// <param name="body">The raw bytes as they came; must stay unchanged until the answer.</param>
    /// <param name="signature">The signature header; null when missing or repeated.</param>
    /// <param name="staticValue">The value of the installation's static header; null when missing.</param>
    /// <param name="hints">What else came; for numbers with a secret of their own.</param>
    public async Task<WebhookAnswer> RunAsync(ReadOnlyMemory<byte> body, string? signature, string? staticValue, CallbackHints hints = default)
    {
        faults.Reach(FaultPoint.W0BodyRead);
        CallbackSigner? signer = null;
        if (!WebhookSignature.IsValid(scheme, body.Span, signature, staticValue) && (signer = secrets.SignerOf(body.Span, signature, hints)) is null)
        {
            refused.Note(body.Span, hints);
            metrics.NotSigned();
            return WebhookAnswer.NotSigned;
        }

        faults.Reach(FaultPoint.W1SignatureOk);
        var items = arrivals.From(WebhookParser.Parse(body), signer);
        faults.Reach(FaultPoint.W2Parsed);
        if (items.Count == 0)
        {
            metrics.Received(default);
            return WebhookAnswer.Stored;
        }

        try
        {
            // The wait is ours, not the operation's: what is queued commits even when we have answered 503; the redelivery is a duplicate then.
            var result = await StoreAsync(items).WaitAsync(_patience.Token);
            metrics.Received(result);
            return WebhookAnswer.Stored;
        }
        catch (Exception error) when (error is StoreUnavailableException or OperationCanceledException)
        {
            metrics.Unavailable();
            return WebhookAnswer.Unavailable;
        }
    }

    private async Task<IngestResult> StoreAsync(IReadOnlyList<Arrival> items)
    {
        var quiet = conversations.Quiet;
        var stale = conversations.StaleAfter;
        var tellsStatus = items.Any(static item => item is StatusArrival);
        if (tellsStatus)
        {
            faults.Reach(FaultPoint.T0BeforeStatus);
        }

        var result = items is [UnusableArrival { Route: "" } whole]
            ? await store.KeepUnusableBodyAsync(keys.OfUnusable("", whole.Raw.Span), Bounded(whole.Raw), whole.Reason, time.GetUtcNow()) ? new IngestResult(0, 0, 0, 1) : new IngestResult(0, 1, 0, 0)
            : await store.IngestAsync(items, arrival => ArrivalRules.Decide(arrival, quiet, stale), time.GetUtcNow());
        if (tellsStatus)
        {
            faults.Reach(FaultPoint.T1AfterStatus);
        }

        return result;
    }

    private static byte[] Bounded(ReadOnlyMemory<byte> raw) => raw[..Math.Min(raw.Length, MaxDeadBody)].ToArray();
}
