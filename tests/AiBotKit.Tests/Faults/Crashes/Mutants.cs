using System.Security.Cryptography;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;

namespace AiBotKit.Tests.Faults.Crashes;

/// <summary>Stores with one planted fault each: the checker must find every one of them, or its zeros mean nothing (recipe 8).</summary>
internal abstract class Mutant(IMessageStore inner) : IMessageStore
{
    protected IMessageStore Inner => inner;

    public virtual Task<IngestResult> IngestAsync(IReadOnlyList<Arrival> arrivals, Func<ArrivalContext, ArrivalDecision> rule, DateTimeOffset now) => inner.IngestAsync(arrivals, rule, now);

    public virtual Task RecordSendAsync(ClaimedSend send, SendOutcome outcome, TimeSpan ambiguousWait, double jitter, DateTimeOffset now) => inner.RecordSendAsync(send, outcome, ambiguousWait, jitter, now);

    public Task<bool> KeepUnusableBodyAsync(byte[] dedupKey, byte[] body, string reason, DateTimeOffset now) => inner.KeepUnusableBodyAsync(dedupKey, body, reason, now);

    public IReadOnlyList<DueWork> ReadDueWork(int limit) => inner.ReadDueWork(limit);

    public Task<bool> BeginTurnAsync(Guid conversationId, Guid runId, bool alone, DateTimeOffset now) => inner.BeginTurnAsync(conversationId, runId, alone, now);

    public TurnSnapshot? ReadTurn(Guid conversationId, DateTimeOffset now) => inner.ReadTurn(conversationId, now);

    public virtual Task<TurnResult> CommitTurnAsync(TurnCommit turn) => inner.CommitTurnAsync(turn);

    public Task ReleaseTurnAsync(Guid conversationId, Guid runId, DateTimeOffset dueAt, bool countAttempt, DateTimeOffset now) => inner.ReleaseTurnAsync(conversationId, runId, dueAt, countAttempt, now);

    public IReadOnlyList<(Guid ConversationId, Guid ConnectionId)> ReadConversationsToSend() => inner.ReadConversationsToSend();

    public virtual IReadOnlyList<OpenSend> ReadOpenSends(Guid conversationId) => inner.ReadOpenSends(conversationId);

    public int CountSendsSince(Guid conversationId, DateTimeOffset since) => inner.CountSendsSince(conversationId, since);

    public ConnectionLimits? ReadLimits(Guid connectionId) => inner.ReadLimits(connectionId);

    public ConnectionAccess? ReadAccess(Guid connectionId) => inner.ReadAccess(connectionId);

    public ReplyCircumstances? ReadCircumstances(Guid accountId, Guid conversationId) => inner.ReadCircumstances(accountId, conversationId);

    public virtual Task<SendClaim> ClaimSendAsync(Guid outboxId, DateTimeOffset now) => inner.ClaimSendAsync(outboxId, now);

    public bool MayStillBegin(Guid outboxId) => inner.MayStillBegin(outboxId);

    public Task<Reconciled> ReconcileAsync(TimeSpan ambiguousWait, DateTimeOffset now) => inner.ReconcileAsync(ambiguousWait, now);

    public Task RecoverAsync(TimeSpan ambiguousWait, DateTimeOffset now) => inner.RecoverAsync(ambiguousWait, now);

    public virtual Task<bool?> SwitchAiRepliesAsync(Guid accountId, Guid conversationId, bool on, Actor by, string name, DateTimeOffset now) => inner.SwitchAiRepliesAsync(accountId, conversationId, on, by, name, now);

    public virtual Task<ReplyResult> ReplyAsync(PersonReply reply, DateTimeOffset now) => inner.ReplyAsync(reply, now);

    public Task<ReplyResult> HoldReplyAsync(HeldWish wish, DateTimeOffset now) => inner.HoldReplyAsync(wish, now);

    public Task<bool> CancelHeldAsync(Guid accountId, Guid conversationId, Guid heldId, DateTimeOffset now) => inner.CancelHeldAsync(accountId, conversationId, heldId, now);
    public Task<ContactVerdict> MergeContactsAsync(Guid accountId, Guid into, Guid from, Actor by, string eventText, DateTimeOffset now) => inner.MergeContactsAsync(accountId, into, from, by, eventText, now);

    public Task<SplitResult> SplitContactAsync(Guid accountId, Guid conversationId, string name, Actor by, string eventText, DateTimeOffset now) => inner.SplitContactAsync(accountId, conversationId, name, by, eventText, now);

    public Task<bool> BeginErasureAsync(Guid erasureId, Guid accountId, IReadOnlyList<Guid> conversations, IReadOnlyList<string> names, Actor by, DateTimeOffset now) =>
        inner.BeginErasureAsync(erasureId, accountId, conversations, names, by, now);

    public Task<bool> ExtendTakeoverAsync(Guid accountId, Guid conversationId, Actor by, DateTimeOffset now) => inner.ExtendTakeoverAsync(accountId, conversationId, by, now);

    public virtual Task<bool> SwitchConnectionAsync(Guid accountId, Guid connectionId, bool enabled, Actor by, DateTimeOffset now) => inner.SwitchConnectionAsync(accountId, connectionId, enabled, by, now);

    public Task<bool> DisconnectConnectionAsync(Guid accountId, Guid connectionId, Actor by, DateTimeOffset now) => inner.DisconnectConnectionAsync(accountId, connectionId, by, now);
}

/// <summary>Every delivery looks new.</summary>
internal sealed class DedupOff(IMessageStore inner) : Mutant(inner)
{
    public override Task<IngestResult> IngestAsync(IReadOnlyList<Arrival> arrivals, Func<ArrivalContext, ArrivalDecision> rule, DateTimeOffset now) =>
        Inner.IngestAsync([.. arrivals.Select(a => a is CustomerArrival c ? c with { DedupKey = RandomNumberGenerator.GetBytes(16) } : a)], rule, now);
}

/// <summary>The webhook is answered before its commit.</summary>
internal sealed class AckBeforeCommit(IMessageStore inner) : Mutant(inner)
{
    private readonly List<Task> _behind = [];

    public override Task<IngestResult> IngestAsync(IReadOnlyList<Arrival> arrivals, Func<ArrivalContext, ArrivalDecision> rule, DateTimeOffset now)
    {
        _behind.Add(Inner.IngestAsync(arrivals, rule, now));
        return Task.FromResult(new IngestResult(arrivals.Count, 0, 0, 0));
    }
}

/// <summary>What may have been accepted is simply sent again.</summary>
internal sealed class BlindResend(IMessageStore inner) : Mutant(inner)
{
    public override Task RecordSendAsync(ClaimedSend send, SendOutcome outcome, TimeSpan ambiguousWait, double jitter, DateTimeOffset now) =>
        Inner.RecordSendAsync(send, outcome is SendOutcome.Ambiguous ? new SendOutcome.Rejected(RejectionKind.Retry, null, "again") : outcome, ambiguousWait, jitter, now);
}

/// <summary>Now and then a message lands with the other tenant.</summary>
internal sealed class NoTenantFilter(IMessageStore inner) : Mutant(inner)
{
    private int _count;

    public override Task<IngestResult> IngestAsync(IReadOnlyList<Arrival> arrivals, Func<ArrivalContext, ArrivalDecision> rule, DateTimeOffset now) =>
        Inner.IngestAsync([.. arrivals.Select(a => a is CustomerArrival c && ++_count % 5 == 0 ? c with { Route = Simulation.Tenants[0].PhoneNumberId } : a)], rule, now);
}

/// <summary>The last reply of a conversation leaves first.</summary>
internal sealed class OutOfOrder(IMessageStore inner) : Mutant(inner)
{
    public override IReadOnlyList<OpenSend> ReadOpenSends(Guid conversationId) => [.. Inner.ReadOpenSends(conversationId).Reverse()];
}

/// <summary>AI-off is answered and not committed.</summary>
internal sealed class SwitchForgotten(IMessageStore inner) : Mutant(inner)
{
    public override Task<bool?> SwitchAiRepliesAsync(Guid accountId, Guid conversationId, bool on, Actor by, string name, DateTimeOffset now) => Task.FromResult<bool?>(false);
}

/// <summary>A person's message is stored, and the takeover that came with it is not.</summary>
internal sealed class TakeoverForgotten(IMessageStore inner) : Mutant(inner)
{
    public override async Task<ReplyResult> ReplyAsync(PersonReply reply, DateTimeOffset now)
    {
        var result = await Inner.ReplyAsync(reply, now);
        if (reply.TakeOver && result.Verdict == ReplyVerdict.Stored)
        {
            await Inner.SwitchAiRepliesAsync(reply.AccountId, reply.ConversationId, true, reply.By, "on", now);
        }

        return result;
    }
}

/// <summary>A person's message is answered for and not stored.</summary>
internal sealed class ReplyForgotten(IMessageStore inner) : Mutant(inner)
{
    public override async Task<ReplyResult> ReplyAsync(PersonReply reply, DateTimeOffset now)
    {
        // The switch is made, so that nothing but the message is missing.
        await Inner.SwitchAiRepliesAsync(reply.AccountId, reply.ConversationId, false, reply.By, "off", now);
        return new ReplyResult(ReplyVerdict.Stored, reply.MessageId);
    }
}

/// <summary>Disabling a connection is answered and not committed.</summary>
internal sealed class PauseForgotten(IMessageStore inner) : Mutant(inner)
{
    public override Task<bool> SwitchConnectionAsync(Guid accountId, Guid connectionId, bool enabled, Actor by, DateTimeOffset now) => Task.FromResult(true);
}

/// <summary>All waiting replies of a conversation are claimed, one is sent.</summary>
internal sealed class GreedyClaim(IMessageStore inner) : Mutant(inner)
{
    public override async Task<SendClaim> ClaimSendAsync(Guid outboxId, DateTimeOffset now)
    {
        var claim = await Inner.ClaimSendAsync(outboxId, now);
        if (claim.Send is { } send)
        {
            foreach (var other in Inner.ReadOpenSends(send.ConversationId).Where(row => row.State == OutboxState.New))
            {
                await Inner.ClaimSendAsync(other.OutboxId, now);
            }
        }

        return claim;
    }
}

/// <summary>The service window counts from when a message came, not from when the customer wrote it.</summary>
internal sealed class WindowFromReceipt(IMessageStore inner) : Mutant(inner)
{
    public override Task<IngestResult> IngestAsync(IReadOnlyList<Arrival> arrivals, Func<ArrivalContext, ArrivalDecision> rule, DateTimeOffset now) =>
        Inner.IngestAsync([.. arrivals.Select(a => a is CustomerArrival c ? c with { At = null } : a)], rule, now);
}

/// <summary>Answers are committed until the window's last second.</summary>
internal sealed class MarginForgotten(IMessageStore inner) : Mutant(inner)
{
    public override Task<TurnResult> CommitTurnAsync(TurnCommit turn) => Inner.CommitTurnAsync(turn with { Now = turn.Now - WindowRules.AiMargin });
}

/// <summary>The customer's other name is not read.</summary>
internal sealed class AliasForgotten(IMessageStore inner) : Mutant(inner)
{
    public override Task<IngestResult> IngestAsync(IReadOnlyList<Arrival> arrivals, Func<ArrivalContext, ArrivalDecision> rule, DateTimeOffset now) =>
        Inner.IngestAsync([.. arrivals.Select(a => a is CustomerArrival c ? c with { From = c.From with { Alias = null } } : a)], rule, now);
}

/// <summary>Now and then the other name is another customer's.</summary>
internal sealed class ForeignAlias(IMessageStore inner) : Mutant(inner)
{
    private string? _before;

    public override Task<IngestResult> IngestAsync(IReadOnlyList<Arrival> arrivals, Func<ArrivalContext, ArrivalDecision> rule, DateTimeOffset now) => Inner.IngestAsync([.. arrivals.Select(Change)], rule, now);

    private Arrival Change(Arrival arrival)
    {
        if (arrival is not CustomerArrival message)
        {
            return arrival;
        }

        var alias = message.From.Alias is null ? null : _before ?? message.From.Alias;
        _before = message.From.SessionId;
        return message with { From = message.From with { Alias = alias } };
    }
}

/// <summary>A turn that asks for a lead is committed without the talk that remembers it.</summary>
internal sealed class FormForgotten(IMessageStore inner) : Mutant(inner)
{
    public override Task<TurnResult> CommitTurnAsync(TurnCommit turn) => Inner.CommitTurnAsync(turn with { Lead = null });
}

/// <summary>A reply is made and the AI message that it costs is not counted.</summary>
internal sealed class AiMessageForgotten(IMessageStore inner) : Mutant(inner)
{
    public override Task<TurnResult> CommitTurnAsync(TurnCommit turn) => Inner.CommitTurnAsync(turn with { Counts = false });
}
