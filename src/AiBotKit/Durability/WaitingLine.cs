namespace AiBotKit.Durability;

/// <summary>
/// Conversations that wait for a place on their connection, each once. A short line is served in order; a long one newest first, every
/// fourth time the oldest, so that live customers are answered during a backlog and the backlog still drains (F46). Not thread-safe.
/// </summary>
/// <param name="longFrom">From this length on the line counts as a backlog.</param>
internal sealed class WaitingLine(int longFrom)
{
    private readonly SortedSet<(long Place, Guid ConversationId)> _line = [];
    private readonly HashSet<Guid> _members = [];
    private long _next;
    private int _served;

    public int Count => _line.Count;

    public bool Contains(Guid conversationId) => _members.Contains(conversationId);

    /// <summary>Goes to the end; does nothing when already in the line.</summary>
    public void Join(Guid conversationId)
    {
        if (_members.Add(conversationId))
        {
            _line.Add((_next++, conversationId));
        }
    }

    /// <summary>Takes the next one out.</summary>
    public bool TryTake(out Guid conversationId)
    {
        if (_line.Count == 0)
        {
            conversationId = default;
            return false;
        }

        var taken = _line.Count < longFrom || ++_served % 4 == 0 ? _line.Min : _line.Max;
        _line.Remove(taken);
        _members.Remove(taken.ConversationId);
        conversationId = taken.ConversationId;
        return true;
    }
}
