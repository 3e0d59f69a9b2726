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

    public HandoverTerms Handover { get; init; } = new();

    /// <summary>Times and texts of the latest AI replies since AI replies were switched last, newest first, at most 25.</summary>
    public required IReadOnlyList<(DateTimeOffset At, string Text)> RecentReplies { get; init; }

    /// <summary>Null while the chatbot's lead form is switched off.</summary>
    public LeadSeen? Lead { get; init; }
}

/// <summary>When the conversation's chatbot calls a person, and what became of it so far.</summary>
internal sealed record HandoverTerms
{
    /// <summary>Of a chatbot whose owner has set nothing.</summary>
    public const int DefaultAfterUnanswered = 2;

    /// <summary>ISO 639-1 codes, comma-separated, in which asking for a person is understood.</summary>
    public string Languages { get; init; } = "en";

    /// <summary>Of the chatbot's answers; null = the customer's own.</summary>
    public string? Language { get; init; }

    public string TimeZone { get; init; } = "UTC";

    public string Words { get; init; } = "";

    public int? AfterUnanswered { get; init; }

    public string Message { get; init; } = "";

    public string OpeningHours { get; init; } = "";

    public string Mails { get; init; } = "";

    public string Plan { get; init; } = "";

    public string? ContactName { get; init; }

    public string SessionId { get; init; } = "";

    public int UnansweredInARow { get; init; }

    /// <summary>The customer was told since a person was here last.</summary>
    public bool Told { get; init; }
}

/// <summary>A person is called with the turn.</summary>
/// <param name="Reason">Why, as it is stored.</param>
/// <param name="EventText">For the timeline.</param>
internal sealed record HandoverAct(string Reason, string EventText, IReadOnlyList<Mails.StoredMail> Mails);

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

    /// <summary>Bubbles that go along behind the reply without being part of it (<see cref="OutboxRow.Follows"/>); none without <see cref="Parts"/>.</summary>
    public IReadOnlyList<string> Following { get; init; } = [];

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

    /// <summary>A person is called; null when not.</summary>
    public HandoverAct? Handover { get; init; }

    /// <summary>New number of unanswered questions in a row; null = unchanged.</summary>
    public int? UnansweredInARow { get; init; }

    /// <summary>The loop guard: switch AI replies off with this reason.</summary>
    public string? SwitchOffBy { get; init; }

    /// <summary>What changes of the lead form's talk; null = nothing.</summary>
    public LeadChange? Lead { get; init; }

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
