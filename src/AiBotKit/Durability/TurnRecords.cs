namespace AiBotKit.Durability;

/// <summary>Everything a turn decides from, as it was when it began.</summary>
internal sealed record TurnSnapshot
{
    public required Guid ConversationId { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ChatbotId { get; init; }

    public required Guid ConnectionId { get; init; }

    public required string Address { get; init; }

    public required long ConversationEpoch { get; init; }

    public required long ConnectionEpoch { get; init; }

    public required bool ConnectionEnabled { get; init; }

    /// <summary>The plan has no channels: that, and not the owner's switch, is why nothing is answered.</summary>
    public bool PausedByPlan { get; init; }

    public required bool AiReplies { get; init; }

    public required DateTimeOffset? LastInboundAt { get; init; }

    public required bool DisclosureDue { get; init; }

    public required bool OutageNoticeSent { get; init; }

    public required string? WaitingReason { get; init; }

    public required string FallbackMessage { get; init; }

    public required string Disclosure { get; init; }

    public required string BannedWords { get; init; }

    public required string BannedWordsMessage { get; init; }

    /// <summary>AI messages allowed in the present period; null = unlimited.</summary>
    public required long? AiMessageLimit { get; init; }

    public required long AiMessagesUsed { get; init; }

    /// <summary>First instant of the billing period that the reply is counted in.</summary>
    public required DateTimeOffset PeriodStart { get; init; }

    public required DateTimeOffset FirstUnansweredAt { get; init; }

    /// <summary>A person asked for this answer: its messages may be old.</summary>
    public bool Asked { get; init; }

    public required bool Redone { get; init; }

    /// <summary>In the customer's order: provider time, ties by arrival.</summary>
    public required IReadOnlyList<TurnMessage> Unanswered { get; init; }

    /// <summary>Latest earlier messages, oldest first, at most 20.</summary>
    public required IReadOnlyList<TurnMessage> History { get; init; }

    /// <summary>Times and texts of the latest AI replies since AI replies were switched last, newest first, at most 25.</summary>
    public required IReadOnlyList<(DateTimeOffset At, string Text)> RecentReplies { get; init; }
}

/// <summary>A message as a turn sees it.</summary>
internal sealed record TurnMessage(long Seq, MessageRole Role, string Type, string Text, DateTimeOffset At, string? ProviderMessageId);

/// <summary>How a turn is to end: with a reply, or without one.</summary>
internal sealed record TurnCommit
{
    public required Guid TurnId { get; init; }

    public required Guid RunId { get; init; }

    public required TurnSnapshot Snapshot { get; init; }

    /// <summary><c>answered</c>, or the stored-only reason when <see cref="Parts"/> is empty (or holds only a notice).</summary>
    public required string Outcome { get; init; }

    /// <summary>Bubbles to send, in order, already rendered for the channel; empty = no reply.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>An AI reply is fenced; a notice (banned words) is only sent.</summary>
    public SendAuthor Author { get; init; } = SendAuthor.Assistant;

    public string AnswerKind { get; init; } = "notice";

    public string Draft { get; init; } = "";

    public string Trace { get; init; } = "{}";

    public string? Citations { get; init; }

    /// <summary>Costs one AI message.</summary>
    public bool Counts { get; init; }

    /// <summary>Commit although newer messages came (already redone once, or 15 s passed).</summary>
    public bool AllowNewer { get; init; }

    public string? WaitingReason { get; init; }

    public bool DisclosureGiven { get; init; }

    /// <summary>New value of the outage mark; null = unchanged.</summary>
    public bool? OutageNoticeSent { get; init; }

    /// <summary>The loop guard: switch AI replies off with this reason.</summary>
    public string? SwitchOffBy { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <summary>What became of a turn's commit.</summary>
internal enum TurnResult
{
    Committed,

    /// <summary>A newer message came: run once more with all of them.</summary>
    NewerMessage,

    /// <summary>A person acted, or the claim was lost: the draft is kept as a suggestion.</summary>
    Overtaken,

    /// <summary>The service window closed meanwhile; messages are stored-only.</summary>
    WindowClosed,

    /// <summary>No AI message left; messages are stored-only.</summary>
    QuotaExhausted,
}

/// <summary>A conversation with unanswered messages.</summary>
internal readonly record struct DueWork(DueTurn Turn, AloneState Alone);

/// <summary>A conversation whose turn may begin at <paramref name="DueAt"/>.</summary>
/// <param name="WrittenAt">Provider time of the customer's latest message; ours when it is not known. Of what is overdue, who wrote last is served first.</param>
internal readonly record struct DueTurn(Guid ConversationId, Guid AccountId, DateTimeOffset DueAt, DateTimeOffset WrittenAt);
