namespace AiBotKit.Accounts.Sessions;

/// <summary>
/// The open circuits of each person, session and API key, so that what ends one of these ends them at once (S-A7). In memory: they are
/// connections of this process. What is missed here a circuit finds out by itself within <see cref="RevalidateCircuits"/>' interval.
/// </summary>
internal sealed class LiveConnections
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, HashSet<Entry>> _entries = [];

    /// <param name="holders">Person, session, key: whose end is the end of this connection.</param>
    /// <param name="abort">Closes it; called at most once, from any thread.</param>
    public IDisposable Add(IReadOnlyCollection<Guid> holders, Action abort)
    {
        var entry = new Entry(this, holders, abort);
        lock (_gate)
        {
            foreach (var holder in holders)
            {
                if (!_entries.TryGetValue(holder, out var set))
                {
                    _entries.Add(holder, set = []);
                }

                set.Add(entry);
            }
        }

        return entry;
    }

    /// <summary>After the commit that ended <paramref name="holder"/>.</summary>
    /// <param name="except">A session whose connections stay.</param>
    public void End(Guid holder, Guid? except = null)
    {
        List<Entry> ended;
        lock (_gate)
        {
            ended = _entries.TryGetValue(holder, out var set) ? [.. set.Where(entry => except is not { } kept || !entry.Holders.Contains(kept))] : [];
        }

        foreach (var entry in ended)
        {
            entry.Abort();
        }
    }

    private void Remove(Entry entry)
    {
        lock (_gate)
        {
            foreach (var holder in entry.Holders)
            {
                if (_entries.TryGetValue(holder, out var set) && set.Remove(entry) && set.Count == 0)
                {
                    _entries.Remove(holder);
                }
            }
        }
    }

    private sealed class Entry(LiveConnections all, IReadOnlyCollection<Guid> holders, Action abort) : IDisposable
    {
        public IReadOnlyCollection<Guid> Holders => holders;

        public Action Abort => abort;

        public void Dispose() => all.Remove(this);
    }
}
