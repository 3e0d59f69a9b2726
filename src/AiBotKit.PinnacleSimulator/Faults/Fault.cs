namespace AiBotKit.PinnacleSimulator.Faults;

/// <summary>Names of the fault switches, as used by the control API and the page.</summary>
internal static class Fault
{
    public const string Duplicate = "duplicate";
    public const string Shuffle = "shuffle";
    public const string Batch = "batch";
    public const string Delay = "delay";
    public const string WrongSignature = "wrong-signature";
    public const string NoSignature = "no-signature";
    public const string PlainJson = "plain-json";
    public const string StatusesOff = "statuses-off";
    public const string OpaqueOff = "opaque-off";
    public const string NotRead = "not-read";
    public const string StatusFirst = "status-first";

    public const string Window = "131047";
    public const string WindowSync = "131047-sync";
    public const string Pair = "131056";
    public const string Throughput = "130429";
    public const string Undeliverable = "131026";
    public const string UndeliverableSync = "131026-sync";
    public const string Unknown = "131000";
    public const string Down = "131016";
    public const string Http500 = "500";
    public const string Http502 = "502-html";
    public const string AuthRefused = "401";
    public const string AuthFlat200 = "401-in-200";
    public const string TooManyFlat = "429-retry-after";
    public const string UnavailableRetry = "503-retry-after";
    public const string AcceptThenTimeout = "accept-then-timeout";
    public const string AcceptThenReset = "accept-then-reset";
    public const string Reset = "reset";
    public const string Slow = "slow";

    public const string MediaGone = "media-gone";
    public const string MediaSlow = "media-slow";

    /// <summary>Every switch: name, what it touches, words for the page, the value it takes and that value's default.</summary>
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        new(Duplicate, "receive", "Send everything twice", "Same id again after a while", "ms", 1000),
        new(Shuffle, "receive", "Wrong order", "Shuffled within a span", "ms", 5000),
        new(Batch, "receive", "Batches", "Several updates in one callback, 1000 at most", "updates", 3),
        new(Delay, "receive", "Late callbacks", "Each one waits first", "ms", 3000),
        new(WrongSignature, "receive", "Bad signature", "On the first try; the repeat is right", "", 0),
        new(NoSignature, "receive", "No signature", "No header on the first try; the repeat is right", "", 0),
        new(PlainJson, "receive", "Plain JSON", "UTF-8 as it is, no \\uXXXX and \\/", "", 0),
        new(StatusesOff, "receive", "No statuses", "Neither sent, delivered, read nor failed", "", 0),
        new(OpaqueOff, "receive", "Opaque data lost", "Statuses do not echo biz_opaque_callback_data", "", 0),
        new(NotRead, "receive", "Never read", "Delivered, but no read status", "", 0),
        new(Window, "send", "131047 window", "200, then failed: 24 hours are over", "", 0),
        new(WindowSync, "send", "131047 at once", "400: 24 hours are over", "", 0),
        new(Pair, "send", "131056 pair limit", "Too many to this customer", "", 0),
        new(Throughput, "send", "130429 too fast", "Too many a second", "", 0),
        new(Undeliverable, "send", "131026 no WhatsApp", "200, then failed: undeliverable", "", 0),
        new(UndeliverableSync, "send", "131026 at once", "400: undeliverable", "", 0),
        new(Unknown, "send", "131000 unknown", "500 with Meta's body", "", 0),
        new(Down, "send", "131016 down", "503 with Meta's body", "", 0),
        new(Http500, "send", "500", "An empty answer", "", 0),
        new(Http502, "send", "502 HTML", "A proxy's error page", "", 0),
        new(AuthRefused, "send", "401 key refused", "Pinnacle's flat error", "", 0),
        new(AuthFlat200, "send", "401 inside 200", "HTTP 200 with a flat error", "", 0),
        new(TooManyFlat, "send", "429 Retry-After", "Flat error and a Retry-After", "s", 2),
        new(UnavailableRetry, "send", "503 Retry-After", "Not accepted, try later", "s", 2),
        new(AcceptThenTimeout, "send", "Accept, then hang", "The message goes out, the answer never comes", "ms", 60_000),
        new(AcceptThenReset, "send", "Accept, then reset", "The message goes out, the connection breaks", "", 0),
        new(Reset, "send", "Reset", "The connection breaks, nothing goes out", "", 0),
        new(Slow, "send", "Slow", "The answer takes its time", "ms", 30_000),
        new(StatusFirst, "send", "Status first", "Statuses come before the answer", "ms", 300),
        new(MediaGone, "media", "Media gone", "Info and bytes answer as if deleted", "", 0),
        new(MediaSlow, "media", "Media slow", "Bytes take their time", "ms", 10_000),
    ];
}

/// <summary>What a switch is, for lists and pages.</summary>
/// <param name="Group"><c>receive</c> (what the product receives), <c>send</c> (what sending returns) or <c>media</c>.</param>
/// <param name="Unit">Unit of the value; empty when the switch takes none.</param>
internal sealed record FaultKind(string Name, string Group, string Title, string Detail, string Unit, double DefaultValue);
