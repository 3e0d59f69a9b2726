namespace AiBotKit.Conversations.Team;

/// <summary>
/// Who of the team has which conversation open, and who is writing there. Kept in memory only: it is worth nothing once the page is closed, and never decides
/// what may be sent.
/// </summary>
internal sealed class ConversationPresence(TimeProvider time)
{
    private readonly Dictionary<(Guid Account, Guid Conversation), List<PresenceSeat>> _rooms = [];
    private readonly Lock _lock = new();

    /// <summary>Somebody opens a conversation; they leave by disposing what comes back.</summary>
    /// <param name="person">Null for an API key.</param>
    public PresenceSeat Enter(Guid accountId, Guid conversationId, Guid? person, string name)
    {
        var key = (accountId, conversationId);
        var seat = new PresenceSeat(this, key, new Present(Guid.NewGuid(), person, name, time.GetUtcNow()), time);
        lock (_lock)
        {
            if (!_rooms.TryGetValue(key, out var room))
            {
                _rooms[key] = room = [];
            }

            room.Add(seat);
        }

        Tell(key, seat);
        return seat;
    }

    internal List<Present> Others((Guid, Guid) key, PresenceSeat seat) => [.. Beside(key, seat).Select(other => other.Me)];

    internal void Leave((Guid, Guid) key, PresenceSeat seat)
    {
        lock (_lock)
        {
            if (_rooms.TryGetValue(key, out var room) && room.Remove(seat) && room.Count == 0)
            {
                _rooms.Remove(key);
            }
        }

        Tell(key, seat);
    }

    internal void Tell((Guid, Guid) key, PresenceSeat by)
    {
        foreach (var seat in Beside(key, by))
        {
            seat.Hear();
        }
    }

    private List<PresenceSeat> Beside((Guid, Guid) key, PresenceSeat seat)
    {
        lock (_lock)
        {
            return _rooms.TryGetValue(key, out var room) ? room.FindAll(other => other != seat) : [];
        }
    }
}

/// <summary>One open page of one person.</summary>
public sealed class PresenceSeat : IDisposable
{
    private readonly ConversationPresence _presence;
    private readonly (Guid Account, Guid Conversation) _key;
    private readonly TimeProvider _time;

    internal PresenceSeat(ConversationPresence presence, (Guid Account, Guid Conversation) key, Present me, TimeProvider time) => (_presence, _key, Me, _time) = (presence, key, me, time);

    /// <summary>Somebody else came, went, began or stopped writing. Called on any thread; returns at once.</summary>
    public event Action? Changed;

    internal Present Me { get; private set; }

    internal IReadOnlyList<Present> Others => _presence.Others(_key, this);

    /// <summary>A key was pressed in the box.</summary>
    /// <param name="hasText">False: it was emptied, nobody is writing any more.</param>
    public void Typed(bool hasText)
    {
        Me = PresenceRules.Typed(Me, hasText, _time.GetUtcNow());
        _presence.Tell(_key, this);
    }

    public void Dispose() => _presence.Leave(_key, this);

    internal void Hear() => Changed?.Invoke();
}

/// <summary>A person at an open conversation.</summary>
/// <param name="Seat">The open page.</param>
/// <param name="WritingSince">First keystroke of the text that stands in the box; null = nothing stands there.</param>
/// <param name="TypedAt">The latest one.</param>
internal sealed record Present(Guid Seat, Guid? Person, string Name, DateTimeOffset Since, DateTimeOffset? WritingSince = null, DateTimeOffset? TypedAt = null);
