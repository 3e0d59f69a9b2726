using System.Text.Json;
using AiBotKit.Assistant;
using AiBotKit.Chatbots;
using AiBotKit.Durability;
using AiBotKit.Durability.Mails;

namespace AiBotKit.Conversations.Leads;

/// <summary>The likeliest language of a text, ISO 639.</summary>
internal delegate string IdentifyLanguage(string text);

/// <summary>The lead form's part in a turn: what it makes of the customer's words before the assistant is asked, and what it adds behind the answer.</summary>
/// <param name="mails">Null = nobody is told.</param>
internal sealed class LeadTalks(ReadChatbot chatbots, IdentifyLanguage languages, LeadMails? mails)
{
    /// <summary>Null when the turn has nothing to do with a form.</summary>
    public async Task<LeadTurn?> HearAsync(TurnSnapshot turn, TurnDecision decision, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Without AI messages nothing is answered, but a form's own words cost none: who is in the middle of it is not left standing.
        var isOut = decision is TurnDecision.StoreOnly { Outcome: "quota" };
        if (turn.Lead is not { } seen || (decision is not TurnDecision.Answer && !isOut) || JsonSerializer.Deserialize(seen.Form, LeadJson.Default.LeadFormValues) is not { } form)
        {
            return null;
        }

        var state = LeadState.Read(seen.State);
        if (state is { IsOpen: false, Stage: not LeadStage.Planned })
        {
            return null;
        }

        var chatbot = await chatbots(turn.AccountId, turn.ChatbotId, cancellationToken);
        var lines = turn.Unanswered.SelectMany(m => m.Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToList();
        var known = new LeadKnown(seen.ContactName is { } name ? LeadFieldRules.Name(name) : null, LeadFieldRules.KnownPhone(turn.Address));
        var context = new LeadContext(form, known, state is { IsOpen: true } ? state.Language : Language(chatbot, turn, lines), turn.ConversationEpoch, now, state?.LeadId ?? Guid.CreateVersion7(now));
        var step = LeadRules.Hear(context, state, new LeadHeard(lines, Picks(turn, lines)));
        var mayBegin = turn.WaitingReason is null && !isOut;
        if (step is null && mayBegin && form.Position == LeadPosition.Start && lines.Count > 0 && lines.TrueForAll(line => SmallTalkRules.Classify(line) is { Kind: SmallTalk.Greeting }))
        {
            step = LeadRules.Begin(context, state, LeadMoment.Greeting);
        }

        if (isOut && step is not { Answers: false, Say: not null })
        {
            return null;
        }

        var due = step is { State: { IsOpen: false, HasValues: true } over } && mails is not null ? await mails.PrepareAsync(turn, form, over, chatbot, now, cancellationToken) : [];
        return new LeadTurn(context, state, step, mayBegin, due);
    }

    /// <summary>After the commit of mails.</summary>
    public void WakeMails() => mails?.Wake();

    private static bool Picks(TurnSnapshot turn, List<string> lines) =>
        turn.History.LastOrDefault(m => m.Role != MessageRole.Customer) is { Role: MessageRole.Assistant } last && TopicRules.Pick(string.Join('\n', lines), [new HistoryLine(Speaker.Assistant, last.Text)]) is not null;

    private string Language(Chatbot? chatbot, TurnSnapshot turn, List<string> lines)
    {
        if (chatbot?.Language is { } own)
        {
            return LeadTexts.Knows(own) ? own : "en";
        }

        if (SmallTalkRules.Classify(string.Join('\n', lines)) is { Kind: not SmallTalk.Assent } small && LeadTexts.Knows(small.Language))
        {
            return small.Language;
        }

        var said = string.Join('\n', [.. turn.History.Where(m => m.Role == MessageRole.Customer).Select(m => m.Text), .. lines]);
        return languages(said) is var found && LeadTexts.Knows(found) ? found : "en";
    }
}

/// <summary>One turn of a conversation whose chatbot has a form.</summary>
/// <param name="step">What the form made of the customer's words; null = nothing yet.</param>
/// <param name="mayBegin">A form may begin: nobody is waited for.</param>
internal sealed class LeadTurn(LeadContext context, LeadState? state, LeadStep? step, bool mayBegin, IReadOnlyList<StoredMail> mails)
{
    /// <summary>The customer's words were for the form alone: the assistant is not asked.</summary>
    public bool IsWhole => step is { Answers: false, Say: not null };

    public bool HasMails => mails.Count > 0;

    /// <summary>The question without the words that were for the form.</summary>
    public Question Asked(Question question) => step?.Asked is { } asked ? question with { Text = asked } : question;

    /// <summary>The form's own words as the whole reply; they cost nothing.</summary>
    public TurnCommit Say(TurnCommit end, IChannel channel)
    {
        var turn = end.Snapshot;
        var disclose = turn.DisclosureDue && turn.Disclosure.Length > 0;
        return end with
        {
            Parts = channel.AsWritten(disclose ? $"{turn.Disclosure}\n\n{step!.Say}" : step!.Say!),
            AnswerKind = "lead_form",
            Draft = step.Say!,
            DisclosureGiven = disclose,
            Lead = Change(step, null),
        };
    }

    /// <summary>The form's words behind the assistant's answer, if it has any now.</summary>
    public TurnCommit Add(TurnCommit end, Answer answer, IChannel channel)
    {
        var said = step ?? (mayBegin ? LeadRules.Begin(context, state, Moment(end.Snapshot, answer)) : null);
        if (said is null || end.Parts.Count == 0)
        {
            // Nothing is said once an outage is known: the question would be left alone in the air.
            return end;
        }

        // A list of topics waits for its number: the form's question would be answered with it.
        var waits = answer.Kind == AnswerKind.Topics && said.State is { IsOpen: true, Repeated: true };
        return said.Say is { } text && !waits
            ? end with { Following = channel.AsWritten(text), Lead = Change(said, null) }
            : end with { Lead = Change(waits ? said with { State = said.State with { Repeated = state?.Repeated ?? false } } : said, said.Opening is { Say: { } opening } later ? new LeadOpening(channel.AsWritten(opening)[0], later.State.Write()) : null) };
    }

    private LeadChange Change(LeadStep made, LeadOpening? opening) => new()
    {
        State = made.State.Write(),
        Before = state?.Write(),
        DueAt = opening is null ? null : context.Now + LeadDueRules.Silence,
        Opening = opening,
        Lead = made.State.ToLead(),
        Mails = mails,
    };

    private static LeadMoment Moment(TurnSnapshot turn, Answer answer)
    {
        var small = SmallTalkRules.Classify(string.Join('\n', turn.Unanswered.Select(m => m.Text)));
        return answer switch
        {
            { Outage: true } => LeadMoment.Outage,
            { Kind: AnswerKind.Topics } => LeadMoment.Topics,
            _ when small is { Kind: SmallTalk.Thanks } && turn.History.Any(m => m.Role == MessageRole.Assistant) => LeadMoment.Thanks,
            { Kind: AnswerKind.SmallTalk } => LeadMoment.SmallTalk,
            { Kind: AnswerKind.Fallback } => LeadMoment.NotKnown,
            _ => small is null ? LeadMoment.Answered : LeadMoment.SmallTalk,
        };
    }
}
