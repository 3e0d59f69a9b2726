using AiBotKit.Durability;
using AiBotKit.Conversations;
using AiBotKit.Conversations.Media;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>What is needed to show a stretch of a conversation.</summary>
/// <param name="Messages">In timeline order (provider time, then arrival).</param>
/// <param name="Suggestions">Kept drafts of the same stretch.</param>
/// <param name="Quoted">Messages that others quote and that lie before the stretch.</param>
/// <param name="Waiting">Since when and why a person is wanted; null when nobody waits.</param>
/// <param name="Media">Files of the messages, by message.</param>
internal sealed record TimelineInput(
    IReadOnlyList<Message> Messages,
    IReadOnlyList<Message> Quoted,
    IReadOnlyDictionary<Guid, Turn> Turns,
    IReadOnlyList<Turn> Suggestions,
    string ContactName,
    string ChatbotName,
    bool AnswerDue,
    TimeZoneInfo Zone,
    DateTimeOffset Now,
    WaitingView? Waiting = null,
    IReadOnlyDictionary<Guid, MediaFile>? Media = null);

/// <summary>Makes the timeline: days, events, bubbles, and who owned each stretch (the spine). Pure.</summary>
internal static class TimelineRules
{
    public static IReadOnlyList<TimelineEntry> Build(TimelineInput input)
    {
        var known = input.Quoted.Concat(input.Messages).Where(m => m.ProviderMessageId is not null).GroupBy(m => m.ProviderMessageId!).ToDictionary(group => group.Key, group => group.First());
        var contents = input.Messages.ToDictionary(m => m.Seq, m => ContentView.Read(m.Type, m.Content));
        var shown = input.Messages.Select(m => m.ProviderMessageId).OfType<string>().ToHashSet();
        var reactions = ReactionRules.Current(input.Messages.Select(m => (m.Role, contents[m.Seq].Marks)));

        var entries = new List<TimelineEntry>();
        var owner = StartingOwner(input.Messages);
        DateTime? day = null;
        var waiting = input.Waiting is { } began && input.Messages is [{ At: var firstAt }, ..] && began.Since < firstAt;
        var today = TimeZoneInfo.ConvertTime(input.Now, input.Zone).Date;
        var drafts = new Queue<Turn>(input.Suggestions.OrderBy(t => t.EndedAt));
        foreach (var message in input.Messages)
        {
            while (drafts.TryPeek(out var draft) && draft.EndedAt < message.At)
            {
                entries.Add(DraftOf(drafts.Dequeue(), owner, input));
            }

            var content = contents[message.Seq];
            if (IsFolded(message, content, shown))
            {
                continue;
            }

            if (!waiting && input.Waiting is { } wanted && wanted.Since < message.At)
            {
                (waiting, owner) = (true, Wanted(owner));
                if (!IsSaid(input))
                {
                    entries.Add(WaitingOf(wanted, owner, input));
                }
            }

            var before = owner;
            owner = OwnerAfter(message, owner);
            owner = waiting ? Wanted(owner) : owner;
            var date = TimeZoneInfo.ConvertTime(message.At, input.Zone).Date;
            if (date != day)
            {
                day = date;
                entries.Add(new DayEntry($"d{date:yyyyMMdd}-{message.Seq}", before, TimeWords.Day(date, today)));
            }

            if (message is { Role: MessageRole.Event, Type: AddNote.Type })
            {
                entries.Add(new NoteEntry(Key(message), owner, message.AuthorName ?? "The team", message.Text, TimeWords.OfDay(message.At, input.Zone)));
                continue;
            }

            if (message.Role == MessageRole.Event || content.Kind is "reaction" or "edit" or "revoke")
            {
                entries.Add(EventOf(message, content, owner, owner != before, input));
                continue;
            }

            // Whoever spoke colours the stretch beside the words, even when the conversation passed on right after.
            entries.Add(BubbleOf(message, content, owner, known, reactions, input));
        }

        if (!waiting && input.Waiting is { } now)
        {
            owner = Wanted(owner);
            if (!IsSaid(input))
            {
                entries.Add(WaitingOf(now, owner, input));
            }
        }

        entries.AddRange(drafts.Select(draft => DraftOf(draft, owner, input)));
        return entries;
    }

    /// <summary>An answer that a person overtook: never sent, kept because it may help the person.</summary>
    private static EventEntry DraftOf(Turn turn, Owner owner, TimelineInput input) =>
        new($"t{turn.Id:N}", owner, "spark", "The AI's draft, not sent because a person took over: " + CitationPlacement.WithoutMarks(turn.Draft), TimeWords.OfDay(turn.EndedAt, input.Zone), false);

    /// <summary>While a person is wanted the AI may go on answering, but the stretch is a waiting one.</summary>
    private static Owner Wanted(Owner owner) => owner == Owner.Ai ? Owner.Waiting : owner;

    /// <summary>The event of the handover says why a person is wanted: one line is enough.</summary>
    private static bool IsSaid(TimelineInput input) =>
        input.Messages.Any(m => m is { Role: MessageRole.Event, Type: "handover" } && m.At >= MessageTime.Of(input.Waiting!.Since));

    private static EventEntry WaitingOf(WaitingView waiting, Owner owner, TimelineInput input) =>
        new($"w{waiting.Since.UtcTicks}", owner, "hand", waiting.Sentence, TimeWords.OfDay(waiting.Since, input.Zone), true);

    private static Owner StartingOwner(IReadOnlyList<Message> messages)
    {
        var first = messages.FirstOrDefault(m => m.Role == MessageRole.Owner || m.Role == MessageRole.Assistant);
        return first?.Role == MessageRole.Owner && messages[0] == first ? Owner.Person : Owner.Ai;
    }

    private static Owner OwnerAfter(Message message, Owner owner) => message switch
    {
        { Role: MessageRole.Assistant, Status: MessageStatus.Cancelled } => owner,
        { Role: MessageRole.Assistant } => Owner.Ai,
        { Role: MessageRole.Owner } => Owner.Person,
        { Role: MessageRole.Event } => EventOwner(message) ?? owner,
        _ when MessageWords.HeldByPerson(message.Outcome) => Owner.Person,
        _ when MessageWords.NeedsPerson(message.Outcome) => Owner.Waiting,
        _ when message.Outcome is "stopped" or "opted_out" => Owner.Nobody,
        _ => owner,
    };

    /// <summary>The owner after an event; null when the event changes none. Switch events end with the position in words.</summary>
    private static Owner? EventOwner(Message message) => message.Type switch
    {
        "ai_replies" when message.Text.EndsWith(" on", StringComparison.Ordinal) => Owner.Ai,
        "ai_replies" when message.Text.Contains("stop word", StringComparison.Ordinal) => Owner.Nobody,
        TakeoverTexts.HandedBack => Owner.Ai,
        "ai_replies" or TakeoverTexts.TakenOver => Owner.Person,
        "waiting" or "handover" => Owner.Waiting,
        _ => null,
    };

    /// <summary>Reactions, edits and revocations are shown on their message when that is in the stretch, else as a line of their own.</summary>
    private static bool IsFolded(Message message, ContentView content, HashSet<string> shown) =>
        content.Kind is "reaction" or "edit" or "revoke" && content.Marks.TargetProviderId is { } target && shown.Contains(target)
        && (content.Kind == "reaction" || message.Role != MessageRole.Event);

    private static EventEntry EventOf(Message message, ContentView content, Owner owner, bool changesOwner, TimelineInput input)
    {
        var (icon, sentence) = content.Kind switch
        {
            "reaction" => ("smile", content.Marks.Emoji is null ? $"{input.ContactName} took back a reaction to an earlier message" : $"{input.ContactName} reacted with {content.Marks.Emoji} to an earlier message"),
            "edit" => ("edit", $"{input.ContactName} changed an earlier message: {message.Text}"),
            "revoke" => ("trash", $"{input.ContactName} deleted an earlier message"),
            _ => (owner switch { Owner.Ai => "bot", Owner.Person => "person", Owner.Waiting => "hand", _ => "pause" }, message.Text),
        };
        return new EventEntry(Key(message), owner, icon, sentence, TimeWords.OfDay(message.At, input.Zone), changesOwner || message.Role == MessageRole.Event);
    }

    private static BubbleEntry BubbleOf(Message message, ContentView content, Owner owner, Dictionary<string, Message> known, ILookup<string, (MessageRole By, string Emoji)> reactions, TimelineInput input)
    {
        var turn = message.TurnId is { } id ? input.Turns.GetValueOrDefault(id) : null;
        var ours = message.Role != MessageRole.Customer;
        var evidence = message.Role == MessageRole.Assistant && turn is not null ? EvidenceRules.From(turn, message.Citations) : null;
        IReadOnlyList<CitationMark> marks = evidence is { Grounded: true } ? CitationPlacement.Place(message.Text, turn!.Draft) : [];
        return new BubbleEntry(Key(message), owner, SpeakerOf(message.Role), NameOf(message, input), TimeWords.OfDay(message.At, input.Zone))
        {
            Blocks = message.RevokedAt is null && !RepeatsAttachment(message, content) ? WhatsAppText.Parse(message.Text, marks) : [],
            Language = turn is null ? null : EvidenceRules.Language(turn),
            Attachment = message.RevokedAt is null ? content.Attachment : null,
            Media = message.RevokedAt is null && input.Media?.GetValueOrDefault(message.Id) is { } file ? MediaView.Of(file) : null,
            Quote = message.ReplyTo is { } target ? QuoteOf(known.GetValueOrDefault(target), input) : null,
            Reactions = message.ProviderMessageId is { } own ? [.. reactions[own].Select(one => ReactionOf(one.By, one.Emoji, input))] : [],
            Edited = message.EditedAt is { } edited ? "Edited " + TimeWords.OfDay(edited, input.Zone).Text : null,
            Revoked = message.RevokedAt is not null,
            Forwarded = content.Marks.Forwarded,
            Referral = content.Referral,
            Template = ours ? content.Template : null,
            Held = message.Status == MessageStatus.Held ? new HeldView(message.Id, $"Held: goes out when {input.ContactName} taps or writes") : null,
            Tick = ours ? MessageWords.Tick(message.Status) : null,
            Failure = ours ? MessageWords.Failure(message.Status, message.FailureCode, message.FailureReason) : null,
            PossibleDuplicate = message.PossibleDuplicate,
            NotAnswered = ours ? null : MessageWords.NotAnswered(message.Outcome, message.Type),
            AnswerDue = !ours && message.StartsTurn && message.Outcome is null && input.AnswerDue,
            Evidence = evidence,
            DraftSources = message.Role == MessageRole.Owner ? EvidenceRules.Titles(message.Citations) : null,
        };
    }

    /// <summary>A placeholder text such as "[image]" says nothing that the chip does not say better.</summary>
    private static bool RepeatsAttachment(Message message, ContentView content) =>
        content.Attachment is not null && (message.Text.Length == 0 || (message.Text[0] == '[' && message.Text[^1] == ']') || content.Attachment.Detail == message.Text);

    private static ReactionView ReactionOf(MessageRole by, string emoji, TimelineInput input) =>
        new(emoji, $"{(by == MessageRole.Customer ? input.ContactName : "You")} reacted with {emoji}");

    private static QuoteView QuoteOf(Message? target, TimelineInput input) => target is null
        ? new QuoteView("", "Earlier message", "Not kept here")
        : new QuoteView(
            target.Role switch { MessageRole.Assistant => "bot", MessageRole.Owner => "own", _ => "" },
            NameOf(target, input),
            target.RevokedAt is not null ? "This message was deleted" : target.Text.Length > 160 ? target.Text[..160] + "…" : target.Text);

    private static string NameOf(Message message, TimelineInput input) => message.Role switch
    {
        MessageRole.Customer => input.ContactName,
        MessageRole.Assistant => input.ChatbotName,
        _ => message.AuthorName ?? "Owner",
    };

    private static Speaker SpeakerOf(MessageRole role) => role switch
    {
        MessageRole.Customer => Speaker.Customer,
        MessageRole.Assistant => Speaker.Assistant,
        _ => Speaker.Owner,
    };

    private static string Key(Message message) => "m" + message.Seq.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
