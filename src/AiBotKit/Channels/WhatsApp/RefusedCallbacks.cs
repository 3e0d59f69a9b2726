using System.Collections.Concurrent;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>Callbacks that were answered 401 and claim to be of one of our numbers.</summary>
/// <param name="Count">Since this process has started.</param>
internal readonly record struct Refusals(long Count, DateTimeOffset LastAt);

/// <summary>
/// Counts refused callbacks for the connection doctor, in memory. What they claim is a stranger's word: it is looked up among the live numbers, so that nobody can
/// fill the memory, and leads to a count and a time and nothing else.
/// </summary>
internal sealed class RefusedCallbacks(CallbackSecrets secrets, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Refusals> _byNumber = new(StringComparer.Ordinal);

    public void Note(ReadOnlySpan<byte> body, CallbackHints hints)
    {
        if (secrets.ClaimedNumber(body, hints) is { } number)
        {
            var now = time.GetUtcNow();
            _byNumber.AddOrUpdate(number, new Refusals(1, now), (_, before) => new Refusals(before.Count + 1, now));
        }
    }

    /// <summary>Null when none was refused.</summary>
    public Refusals? Of(string phoneNumberId) => _byNumber.TryGetValue(phoneNumberId, out var refused) ? refused : null;
}
