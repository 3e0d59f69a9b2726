using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using AiBotKit.Accounts.Plans;
using AiBotKit.Assistant;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Knowledge;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Drafts;

/// <summary>A draft as the REST API and the dashboard show it.</summary>
/// <param name="Text">As it would be sent.</param>
/// <param name="Citations">What it rests on.</param>
/// <param name="Outdated">Something was said while it was being made.</param>
internal sealed record DraftItem(Guid Id, string Text, IReadOnlyList<Citation> Citations, bool Outdated, DateTimeOffset CreatedAt);

/// <summary>What became of the wish for a draft.</summary>
internal abstract record DraftResult
{
    internal sealed record Made(DraftItem Draft) : DraftResult;

    internal sealed record NotFound : DraftResult;

    /// <summary>One sentence for people, and a code that never changes.</summary>
    internal sealed record Refused(int Status, string Code, string Sentence) : DraftResult;

    internal sealed record NoneLeft(PlanProblem Problem) : DraftResult;
}

/// <summary>
/// The AI drafts an answer for the person who has the conversation: by the same path as an answer to the customer, from the knowledge only. Nothing is sent and nothing
/// counted; what the knowledge does not hold is not offered, and is kept as a gap like a question that the AI could not answer.
/// </summary>
internal sealed class DraftReply(IMessageStore store, ReadDb reads, IDataWriter writer, IAnswerer answerer, IChannel channel, RecordGap gaps, ReadUsage usage, PlanCatalogue plans, TimeProvider time)
{
    private readonly ConcurrentDictionary<(Guid Conversation, ActorKind Kind, Guid Who), bool> _underWay = [];

    public async Task<DraftResult> RunAsync(Guid accountId, Guid conversationId, Actor by, CancellationToken cancellationToken)
    {
        Talk? talk;
        await using (var db = reads.Open())
        {
            talk = await ReadTalk.RunAsync(db, accountId, conversationId, cancellationToken);
        }

        if (talk is null || store.ReadCircumstances(accountId, talk.Conversation.Id) is not { } circumstances)
        {
            return new DraftResult.NotFound();
        }

        if (ReplyRules.Decide(circumstances, takeOver: false, time.GetUtcNow()) is var verdict and not ReplyVerdict.Stored)
        {
            return Refusal(verdict);
        }

        if (DraftRules.Ask(talk.Lines) is not var (text, history))
        {
            return new DraftResult.Refused(StatusCodes.Status409Conflict, "NOTHING_TO_ANSWER", "There is nothing to answer: the customer has asked nothing yet.");
        }

        if (await NoneLeftAsync(accountId, cancellationToken) is { } used)
        {
            return new DraftResult.NoneLeft(used);
        }

        var place = (talk.Conversation.Id, by.Kind, by.Id ?? Guid.Empty);
        if (!_underWay.TryAdd(place, true))
        {
            return new DraftResult.Refused(StatusCodes.Status409Conflict, "draft_under_way", "A draft for this conversation is being made already.");
        }

        try
        {
            var answer = await answerer.AnswerAsync(new Question(accountId, talk.Conversation.ChatbotId, talk.Conversation.Id, text, history), cancellationToken);
            return await KeepAsync(talk, text, answer, by);
        }
        finally
        {
            _underWay.TryRemove(place, out _);
        }
    }

    /// <summary>A draft of this conversation, for a browser that has its text still; null when there is none.</summary>
    public async Task<DraftItem?> FindAsync(Guid accountId, Guid conversationId, Guid id, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var family = await ConversationFamily.ReadAsync(db, accountId, conversationId, cancellationToken);
        return await db.Set<ReplyDraft>().FirstOrDefaultAsync(d => d.Id == id && d.AccountId == accountId && family.Contains(d.ConversationId), cancellationToken) is { } draft
            ? Item(draft, await IsOutdatedAsync(db, accountId, family, draft.CreatedAt, cancellationToken))
            : null;
    }

    private async Task<DraftResult> KeepAsync(Talk talk, string asked, Answer answer, Actor by)
    {
        if (answer.Outage)
        {
            return new DraftResult.Refused(StatusCodes.Status503ServiceUnavailable, "assistant_unavailable", "The AI could not be asked just now. Try again in a moment, or write the answer yourself.");
        }

        if (!DraftRules.IsGrounded(answer) || TextOf(answer) is not { Length: > 0 } text)
        {
            if (answer.IsGap)
            {
                await KeepGapAsync(talk, asked, answer);
            }

            return answer.WantsPerson
                ? new DraftResult.Refused(StatusCodes.Status409Conflict, "NOT_GROUNDED", "The AI leaves this to you: it is for a person to decide.")
                : new DraftResult.Refused(StatusCodes.Status409Conflict, "NOT_GROUNDED", "The knowledge does not hold the answer. Write it yourself, and teach it to the AI under Knowledge.");
        }

        var now = time.GetUtcNow();
        var draft = new ReplyDraft
        {
            Id = Guid.CreateVersion7(now),
            AccountId = talk.Conversation.AccountId,
            ConversationId = talk.Conversation.Id,
            Text = text,
            Citations = JsonSerializer.Serialize(answer.Citations, AnswerJson.Default.IReadOnlyListCitation),
            Trace = JsonSerializer.Serialize(answer.Trace, AnswerJson.Default.AnswerTrace),
            AskedBy = by.PersonId,
            CreatedAt = now,
        };
        var kept = await writer.SaveAsync(db =>
        {
            var conversation = db.Set<Conversation>().FirstOrDefault(c => c.Id == draft.ConversationId && c.AccountId == draft.AccountId);
            if (conversation is not { AiReplies: false })
            {
                return (Found: conversation is not null, Outdated: (bool?)null);
            }

            db.Add(draft);
            return (true, db.Set<Message>().Any(m => m.AccountId == draft.AccountId && talk.Family.Contains(m.ConversationId) && m.Role != MessageRole.Event && m.Seq > talk.NewestSeq));
        });
        return kept switch
        {
            { Outdated: { } outdated } => new DraftResult.Made(Item(draft, outdated)),
            { Found: true } => Refusal(ReplyVerdict.AiRepliesOn),
            _ => new DraftResult.NotFound(),
        };
    }

    /// <summary>Once for a question, however often its draft is asked for, and not again when the AI had failed at it before.</summary>
    private Task KeepGapAsync(Talk talk, string asked, Answer answer)
    {
        var (account, conversation, key) = (talk.Conversation.AccountId, talk.Conversation.Id, RecordGap.KeyOf(asked));
        var since = talk.Lines.LastOrDefault(line => line.Role == MessageRole.Customer)?.At ?? talk.Since;
        return gaps.RunAsync(account, talk.Conversation.ChatbotId, conversation, asked, answer.Trace.Passages.Select(p => p.Heading ?? p.Title), answer.Trace.Evidence, db =>
            db.Set<Conversation>().Any(c => c.Id == conversation && c.AccountId == account)
            && !db.Set<Gap>().Any(g => g.AccountId == account && g.Key == key && g.ConversationId == conversation && g.LastSeenAt >= since));
    }

    /// <summary>As one message that a person could have typed; of a longer answer its first part.</summary>
    private string? TextOf(Answer answer)
    {
        var bubbles = answer.AsWritten ? channel.AsWritten(answer.Markdown) : channel.Render(answer.Markdown);
        return bubbles.Count == 0 ? null : channel.AsTyped(string.Join("\n\n", bubbles)) ?? channel.AsTyped(bubbles[0]);
    }

    private async Task<PlanProblem?> NoneLeftAsync(Guid accountId, CancellationToken cancellationToken)
    {
        var state = await usage.RunAsync(accountId, cancellationToken);
        if (state.Left is not <= 0)
        {
            return null;
        }

        var larger = plans.All.OrderBy(p => p.Rank).FirstOrDefault(p => p.AiMessages is null || p.AiMessages > state.Limit);
        return new PlanProblem(
            PlanProblem.NoneLeft,
            string.Create(CultureInfo.InvariantCulture, $"The {state.Limit:N0} AI messages of this month are used, so the AI drafts nothing. New ones come on {state.PeriodEnd:d MMMM}. You can write as before."),
            state.Plan.Plan.Name,
            larger?.Name);
    }

    private static Task<bool> IsOutdatedAsync(AppDbContext db, Guid accountId, IReadOnlyCollection<Guid> family, DateTimeOffset madeAt, CancellationToken cancellationToken) =>
        ConversationTimeline.Of(db, accountId, family).AnyAsync(m => m.Role != MessageRole.Event && m.CreatedAt > madeAt, cancellationToken);

    private static DraftItem Item(ReplyDraft draft, bool outdated) =>
        new(draft.Id, draft.Text, JsonSerializer.Deserialize(draft.Citations, AnswerJson.Default.IReadOnlyListCitation) ?? [], outdated, draft.CreatedAt);

    private static DraftResult.Refused Refusal(ReplyVerdict verdict) => new(
        ReplyEndpoints.Status(verdict),
        ReplyWords.Code(verdict) ?? "",
        verdict == ReplyVerdict.AiRepliesOn ? "AI replies are on in this conversation: the AI answers by itself. Take it over first." : ReplyWords.Sentence(verdict));
}
