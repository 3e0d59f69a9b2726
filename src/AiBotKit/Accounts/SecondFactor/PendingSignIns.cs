namespace AiBotKit.Accounts.SecondFactor;

/// <summary>
/// People whose password was right and whose code is still to come: ten minutes and five tries each (S-A4). In memory: after a restart the
/// password is asked for again.
/// </summary>
internal sealed class PendingSignIns(TimeProvider time)
{
    public const int Tries = 5;
    private const int AtMost = 10_000;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The token of a new one, for the browser.</summary>
    /// <param name="stamp">With another stamp of the person it counts no more.</param>
    public string Add(Guid personId, string stamp)
    {
        var (token, now) = (RandomToken.New(), time.GetUtcNow());
        lock (_gate)
        {
            if (_entries.Count >= AtMost)
            {
                foreach (var old in _entries.Where(e => e.Value.EndsAt <= now).Select(e => e.Key).ToList())
                {
                    _entries.Remove(old);
                }
            }

            // Still full: somebody with many right passwords; the oldest has waited longest.
            if (_entries.Count >= AtMost)
            {
                _entries.Remove(_entries.MinBy(e => e.Value.EndsAt).Key);
            }

            _entries.Add(RandomToken.Hex(token), new Entry(personId, stamp, now + Life));
        }

        return token;
    }

    /// <summary>Whether a code can still be entered for it.</summary>
    public bool IsOpen(string? token)
    {
        lock (_gate)
        {
            return Find(token) is not null;
        }
    }

    /// <summary>Takes one try; null when there is none left.</summary>
    public (Guid PersonId, string Stamp)? TryTake(string? token)
    {
        lock (_gate)
        {
            if (Find(token) is not { } entry)
            {
                return null;
            }

            entry.Used++;
            return (entry.PersonId, entry.Stamp);
        }
    }

    /// <summary>The sign-in is done, or given up.</summary>
    public void Remove(string? token)
    {
        lock (_gate)
        {
            _entries.Remove(RandomToken.Hex(token));
        }
    }

    private Entry? Find(string? token) =>
        !string.IsNullOrEmpty(token) && _entries.TryGetValue(RandomToken.Hex(token), out var entry) && entry.Used < Tries && entry.EndsAt > time.GetUtcNow() ? entry : null;

    private sealed class Entry(Guid personId, string stamp, DateTimeOffset endsAt)
    {
        public Guid PersonId => personId;

        public string Stamp => stamp;

        public DateTimeOffset EndsAt => endsAt;

        public int Used { get; set; }
    }
}
