namespace AiBotKit.Durability;

/// <summary>
/// What just became true on disk, told in memory after the commit. Only wake-ups: the rows are the truth, and a sweep finds
/// whatever a lost signal would have announced. Handlers run on the writer and must return at once.
/// </summary>
internal sealed class CommitSignals
{
    /// <summary>A conversation has unanswered messages; its turn may begin at the given time.</summary>
    public event Action<DueTurn>? TurnDue;

    /// <summary>A conversation (second id: its connection) has something to send.</summary>
    public event Action<Guid, Guid>? SendDue;

    /// <summary>What people see of a conversation changed: account, conversation, version.</summary>
    public event Action<Guid, Guid, long>? Changed;

    /// <summary>A person acted in a conversation: a turn under way there is to be cancelled.</summary>
    public event Action<Guid>? PersonActed;

    /// <summary>An AI message of an account with a limit was counted, or refused because none is left.</summary>
    public event Action<UsageSeen>? UsageChanged;

    /// <summary>Something could not be processed and is kept as a dead letter.</summary>
    public event Action? DeadLetterKept;

    /// <summary>The credentials of a connection changed or went.</summary>
    public event Action? CredentialsChanged;

    /// <summary>A connection of the account was connected, switched, refused, ended or follows another plan.</summary>
    public event Action<Guid>? ConnectionChanged;

    /// <summary>The provider has said something about templates: they are to be asked for again.</summary>
    public event Action? TemplatesDue;

    public void SignalTemplatesDue() => TemplatesDue?.Invoke();

    public void SignalTurnDue(DueTurn turn) => TurnDue?.Invoke(turn);

    public void SignalSendDue(Guid conversationId, Guid connectionId) => SendDue?.Invoke(conversationId, connectionId);

    public void SignalChanged(Guid accountId, Guid conversationId, long version) => Changed?.Invoke(accountId, conversationId, version);

    public void SignalPersonActed(Guid conversationId) => PersonActed?.Invoke(conversationId);

    public void SignalUsage(in UsageSeen usage) => UsageChanged?.Invoke(usage);

    public void SignalDeadLetter() => DeadLetterKept?.Invoke();

    public void SignalCredentials() => CredentialsChanged?.Invoke();

    public void SignalConnection(Guid accountId) => ConnectionChanged?.Invoke(accountId);
}

/// <summary>AI messages of one billing period at one commit.</summary>
/// <param name="PeriodStart">First instant of the period.</param>
internal readonly record struct UsageSeen(Guid AccountId, DateTimeOffset PeriodStart, long Used, long Limit);
