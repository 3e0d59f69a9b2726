namespace AiBotKit.Channels.WhatsApp;

/// <summary>One timer for all waits that begin within the same eighth of the patience: a timer for each callback costs more than its parsing.</summary>
/// <param name="longest">No wait is longer; none ends earlier than seven eighths of it.</param>
internal sealed class SharedPatience(TimeSpan longest, TimeProvider time)
{
    private readonly Lock _lock = new();
    private CancellationToken _token;
    private long _since;
    private bool _begun;

    /// <summary>Is cancelled when a wait that begins now has lasted long enough.</summary>
    public CancellationToken Token
    {
        get
        {
            lock (_lock)
            {
                if (!_begun || time.GetElapsedTime(_since) >= longest / 8)
                {
                    // Not disposed: it ends by its own timer, and a wait may still be registered with it.
                    _token = new CancellationTokenSource(longest, time).Token;
                    _since = time.GetTimestamp();
                    _begun = true;
                }

                return _token;
            }
        }
    }
}
