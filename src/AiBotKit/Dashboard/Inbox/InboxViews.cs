namespace AiBotKit.Dashboard.Inbox;

/// <summary>Who answers next. One colour, one icon and one word each.</summary>
public enum Owner
{
    Ai,
    Person,
    Waiting,

    /// <summary>Nobody by default: the customer opted out, or a guard switched the AI off.</summary>
    Nobody,
}

/// <summary>The first thing an agent asks: who answers next.</summary>
/// <param name="Label">On the chip.</param>
/// <param name="Sentence">Under the header of the conversation.</param>
public sealed record OwnerView(Owner Owner, string Label, string Sentence)
{
    /// <summary>The first part of the sentence: who answers next, and nothing more.</summary>
    public string Lead => Sentence[..(Sentence.IndexOf('.', StringComparison.Ordinal) + 1)];

    /// <summary>The sentence without its first part, which the chip says already.</summary>
    public string Why => Sentence.IndexOf(". ", StringComparison.Ordinal) is > 0 and var stop ? Sentence[(stop + 2)..] : Sentence;

    public string Css => Owner switch { Owner.Ai => "ai", Owner.Person => "person", Owner.Waiting => "wait", _ => "off" };

    public string Icon => Owner switch { Owner.Ai => "bot", Owner.Person => "person", Owner.Waiting => "hand", _ => "pause" };
}

/// <summary>What is left of the 24 hours in which free text may be written.</summary>
/// <param name="Percent">0..100 of the whole, for the ring.</param>
/// <param name="Tone">Empty, <c>soon</c> (under 2 h), <c>last</c> (under 1 h) or <c>shut</c>.</param>
/// <param name="Words">For screen readers and on hover.</param>
public sealed record WindowView(bool Closed, string Text, int Percent, string Tone, string Words);

/// <summary>Whether the viewer may write, and if not, why.</summary>
/// <param name="Lead">What stands in the way, in one short sentence; null when nothing does.</param>
/// <param name="Reason">What helps; for the tooltip as well.</param>
/// <param name="ClosesAt">When the service window ends; null when it is not what counts.</param>
/// <param name="ClosesText">The same as a clock time: "17:40", or "tomorrow, 09:10".</param>
/// <param name="Draft">What the AI had written when a person took over; null when there is none, or the person has written since.</param>
public sealed record ComposerView(string? Lead, string Reason, DateTimeOffset? ClosesAt, string ClosesText, string? Draft)
{
    public bool Closed => Lead is not null;

    /// <summary>The service window is all that stands in the way: a template or a held answer go on.</summary>
    public bool HasWays { get; init; }

    /// <summary>Templates that could be sent now; counts while <see cref="HasWays"/>.</summary>
    public int Templates { get; init; }
}

/// <summary>How long a takeover lasts without a word from a person.</summary>
/// <param name="Text">When it ends: "18:00", or "tomorrow, 09:10".</param>
/// <param name="Whole">From the latest message of a person, for the ring.</param>
public sealed record HoldView(DateTimeOffset Until, string Text, TimeSpan Whole);

/// <summary>How far a message of ours got.</summary>
/// <param name="Words">The word for screen readers and on hover.</param>
public sealed record TickView(string Icon, string Words, bool Read = false, bool Failed = false);

/// <summary>A time as shown, and in full on hover.</summary>
public sealed record TimeView(string Text, string Full, string Machine);

/// <summary>One row of the list.</summary>
/// <param name="NoAnswer">Customer messages in a row, the latest included, that nobody answers by default.</param>
public sealed record InboxRow(
    Guid Id,
    string Name,
    string Number,
    bool WhatsApp,
    string Preview,
    TickView? Tick,
    string? Failure,
    int Unread,
    TimeView Time,
    OwnerView Owner,
    WindowView Window,
    int NoAnswer)
{
    /// <summary>Over the row: it begins a part of the list.</summary>
    public InboxHeading Heading { get; init; }

    /// <summary>Who of the team looks after it; "You" for the viewer, null for nobody in particular.</summary>
    public string? AssignedTo { get; init; }

    public IReadOnlyList<string> Labels { get; init; } = [];
}

/// <summary>The parts of the list.</summary>
public enum InboxHeading
{
    None,

    /// <summary>Those that wait for a person, who has waited longest first.</summary>
    Waiting,

    /// <summary>All others, the latest message first.</summary>
    Latest,
}

/// <summary>One thing in the timeline; <paramref name="Owner"/> colours the spine beside it.</summary>
public abstract record TimelineEntry(string Key, Owner Owner);

public sealed record DayEntry(string Key, Owner Owner, string Title) : TimelineEntry(Key, Owner);

/// <summary>A change of owner or another event: one sentence.</summary>
public sealed record EventEntry(string Key, Owner Owner, string Icon, string Sentence, TimeView Time, bool Node) : TimelineEntry(Key, Owner);

/// <summary>A note of the team: nobody outside reads it.</summary>
public sealed record NoteEntry(string Key, Owner Owner, string Author, string Text, TimeView Time) : TimelineEntry(Key, Owner);

/// <summary>Something said.</summary>
public sealed record BubbleEntry(string Key, Owner Owner, Speaker Speaker, string SpeakerName, TimeView Time) : TimelineEntry(Key, Owner)
{
    public IReadOnlyList<TextBlock> Blocks { get; init; } = [];

    /// <summary>ISO 639 code of the words, null when unknown.</summary>
    public string? Language { get; init; }

    public AttachmentView? Attachment { get; init; }

    /// <summary>The attachment's file; null while none was looked for.</summary>
    public MediaView? Media { get; init; }

    public QuoteView? Quote { get; init; }

    public IReadOnlyList<ReactionView> Reactions { get; init; } = [];

    public string? Edited { get; init; }

    public bool Revoked { get; init; }

    public bool Forwarded { get; init; }

    /// <summary>Where the customer came from with this message.</summary>
    public ReferralView? Referral { get; init; }

    public TickView? Tick { get; init; }

    public FailureView? Failure { get; init; }

    public bool PossibleDuplicate { get; init; }

    /// <summary>Set for an approved template of ours.</summary>
    public TemplateView? Template { get; init; }

    /// <summary>Set while it waits for the customer's next message.</summary>
    public HeldView? Held { get; init; }

    /// <summary>Why a customer's message got no AI answer; null when it got one or still may.</summary>
    public string? NotAnswered { get; init; }

    /// <summary>An answer is being made.</summary>
    public bool AnswerDue { get; init; }

    public EvidenceView? Evidence { get; init; }

    /// <summary>A person sent the AI's draft unchanged: what it rests on.</summary>
    public IReadOnlyList<string>? DraftSources { get; init; }
}

/// <summary>What a template shows besides its text.</summary>
/// <param name="Title">Its name, for people.</param>
/// <param name="Buttons">Their words.</param>
public sealed record TemplateView(string Title, string? Footer, IReadOnlyList<string> Buttons);

/// <summary>A template with what is filled in so far.</summary>
public sealed record PreviewView(string? Header, IReadOnlyList<TextBlock> Blocks, string? Footer, IReadOnlyList<PreviewButton> Buttons);

public sealed record PreviewButton(string Icon, string Text);

/// <summary>A reply that is held.</summary>
/// <param name="Id">With it the reply is taken back.</param>
public sealed record HeldView(Guid Id, string Words);

/// <summary>Who said it: decides the side and colour of the bubble.</summary>
public enum Speaker
{
    Customer,
    Assistant,
    Owner,
}

/// <summary>What came with a message besides words.</summary>
/// <param name="Href">A map for a location.</param>
public sealed record AttachmentView(string Icon, string Title, string Detail, string? Href = null, IReadOnlyList<string>? Lines = null);

/// <summary>The ad or post that a customer came from.</summary>
/// <param name="Href">Where it leads; http or https only.</param>
public sealed record ReferralView(string Source, string? Headline, string? Body, string? Href);

/// <summary>What is known of the person at the other end; only what is stored.</summary>
/// <param name="Names">Public names of the conversation: its own first, then those of conversations merged into it and other ways in.</param>
public sealed record ContactView(
    string Name,
    string Number,
    bool WhatsApp,
    string Chatbot,
    OwnerView Owner,
    bool AiReplies,
    WindowView Window,
    TimeView? WindowEnds,
    TimeView FirstSeen,
    TimeView? LastWrote,
    ReferralView? Referral,
    IReadOnlyList<string> Names);

/// <summary>Since when a person is wanted, and the sentence that says why.</summary>
public sealed record WaitingView(DateTimeOffset Since, string Sentence);

/// <summary>The message that this one answers.</summary>
public sealed record QuoteView(string Css, string Name, string Text);

public sealed record ReactionView(string Emoji, string Words);

/// <summary>A failure is a sentence and what to do; the code comes last, small.</summary>
public sealed record FailureView(string Lead, string Sentence, string? Code, bool Final);

/// <summary>Why this answer.</summary>
/// <param name="Label">Beside the button: "2 sources", or why there are none.</param>
/// <param name="Grounded">False when the answer rests on no passage (fallback, topics).</param>
public sealed record EvidenceView(
    Guid TurnId,
    string Label,
    bool Grounded,
    string Verdict,
    IReadOnlyList<PassageView> Passages,
    IReadOnlyList<FactView> Facts,
    IReadOnlyList<string> Verdicts)
{
    /// <summary>The question is among the gaps: the team should teach the answer.</summary>
    public bool IsGap { get; init; }

    /// <summary>Green for what rests on passages, amber for a gap, plain for what needs neither.</summary>
    public string Css => Grounded ? "ai" : IsGap ? "wait" : "";

    public string Icon => Grounded ? "check" : IsGap ? "flag" : "bot";
}

/// <param name="Number">As in the text; null when the passage was considered and not used.</param>
/// <param name="Score">0..1, beside <paramref name="Floor"/>, which it had to reach.</param>
public sealed record PassageView(int? Number, string Title, string? Place, string? Quote, double Score, double Floor);

public sealed record FactView(string Name, string Value);
