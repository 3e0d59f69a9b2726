using AiBotKit.Conversations;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>
/// The list as one viewer sees it. At its top it is as it is now. While the viewer reads further down it is held: rows stay in their places and only say what is new
/// in them, and what comes into sight is read as of the moment when the hold began.
/// </summary>
internal sealed class HeldList
{
    private readonly Dictionary<int, InboxRow> _places = [];

    /// <summary>Since when the order is held; null when it is not.</summary>
    public DateTimeOffset? Since { get; private set; }

    public void Hold(DateTimeOffset now) => Since ??= now;

    public void Release()
    {
        Since = null;
        _places.Clear();
    }

    public async Task<IReadOnlyList<InboxRow>> ProvideAsync(ReadInbox inbox, InboxViewer viewer, ConversationFilter filter, int start, int count, CancellationToken cancellationToken)
    {
        if (Since is not { } since)
        {
            var now = await inbox.RunAsync(viewer, filter, start, count, null, cancellationToken);
            _places.Clear();
            Put(now, start);
            return now;
        }

        var missing = Enumerable.Range(start, count).FirstOrDefault(place => !_places.ContainsKey(place), -1);
        if (missing >= 0)
        {
            // Some that lay above have moved away: their number too many, and those that are shown already left out, closes every gap.
            var moved = (await inbox.SinceAsync(viewer, filter, since, cancellationToken)).Moved;
            var from = Math.Max(0, missing - moved);
            var read = await inbox.RunAsync(viewer, filter, from, start + count - from, since, cancellationToken);
            var shown = _places.Values.Select(row => row.Id).ToHashSet();
            var place = missing;
            foreach (var row in read.Where(row => shown.Add(row.Id)))
            {
                while (_places.ContainsKey(place))
                {
                    place++;
                }

                _places[place] = row;
            }
        }

        var places = Enumerable.Range(start, count).TakeWhile(_places.ContainsKey).ToList();
        var fresh = await inbox.RowsAsync(viewer, places.ConvertAll(place => _places[place].Id), cancellationToken);
        return places.ConvertAll(place => _places[place] = fresh.TryGetValue(_places[place].Id, out var row) ? row with { Heading = _places[place].Heading } : _places[place]);
    }

    private void Put(List<InboxRow> rows, int start)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            _places[start + i] = rows[i];
        }
    }
}
