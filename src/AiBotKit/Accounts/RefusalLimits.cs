namespace AiBotKit.Accounts;

/// <summary>Whether a refusal is still written into the audit trail.</summary>
internal enum RefusalRoom
{
    Free,

    /// <summary>It is, and says that more of this hour are not.</summary>
    Last,
    None,
}

/// <summary>
/// Refusals cost who is refused nothing, and must not fill the disk: in each hour of the clock <see cref="PerAddress"/> from one address and
/// <see cref="PerHour"/> from all together are written. In memory: a restart begins the hour anew.
/// </summary>
internal sealed class RefusalLimits(TimeProvider time)
{
    public const int PerAddress = 12;

    /// <summary>About a million lines in 400 days of an attack that never rests: some 250 MB.</summary>
    public const int PerHour = 120;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _written = new(StringComparer.Ordinal);
    private long _hour;
    private int _all;

    /// <summary>Takes the room of one line.</summary>
    public RefusalRoom Take(string address)
    {
        lock (_gate)
        {
            var hour = time.GetUtcNow().Ticks / TimeSpan.TicksPerHour;
            if (hour != _hour)
            {
                (_hour, _all) = (hour, 0);
                _written.Clear();
            }

            var written = _written.GetValueOrDefault(address);
            if (written >= PerAddress || _all >= PerHour)
            {
                return RefusalRoom.None;
            }

            _written[address] = ++written;
            _all++;
            return written == PerAddress || _all == PerHour ? RefusalRoom.Last : RefusalRoom.Free;
        }
    }
}
