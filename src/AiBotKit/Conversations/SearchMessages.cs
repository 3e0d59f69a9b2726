using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations;

/// <summary>One message that was found.</summary>
/// <param name="ConversationId">Where it is read: the conversation that continues its own, when that was merged.</param>
/// <param name="Seq">Arrival number, the order of what is found.</param>
internal sealed record MessageHit(Guid ConversationId, Guid MessageId, long Seq, MessageRole Role, string Text, string? AuthorName, DateTimeOffset At, string SessionId, string Channel, string Address, string? ContactName);

/// <summary>What was found, newest first.</summary>
/// <param name="Next">Where the next page begins; null at the end.</param>
internal sealed record FoundMessages(IReadOnlyList<MessageHit> Hits, long? Next);

/// <summary>
/// Looks for words in the messages of an account. New messages are found up to about a second after they were stored, later under a flood
/// (<c>Durability.KeepSearchIndex</c>); a text that was changed, taken back or erased is not found from that commit on.
/// </summary>
internal sealed class SearchMessages(ReadDb reads, TimeProvider time)
{
    /// <summary>Messages with the words that one page looks at, when a filter leaves most of them out; the next page goes on behind them.</summary>
    private const int LookedAt = 4000;

    private const int AtOnce = 500;

    /// <param name="viewer">The asking person, for the filter.</param>
    /// <param name="before">The <see cref="FoundMessages.Next"/> of the page before; null on the first.</param>
    public async Task<FoundMessages> RunAsync(Guid accountId, Guid? viewer, SearchWords words, ConversationFilter filter, long? before, int limit, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var (match, now) = (words.Messages(accountId), time.GetUtcNow());
        var hits = new List<MessageHit>();
        var place = before ?? long.MaxValue;
        for (var seen = 0; hits.Count <= limit; seen += AtOnce)
        {
            if (seen >= LookedAt)
            {
                return new FoundMessages(hits, place);
            }

            var take = filter.IsNone ? limit + 1 - hits.Count : AtOnce;
            var found = await db.Database
                .SqlQuery<long>($"SELECT rowid AS Value FROM search_messages WHERE search_messages MATCH {match} AND rowid < {place} ORDER BY rowid DESC LIMIT {take}")
                .ToListAsync(cancellationToken);
            if (found.Count == 0)
            {
                return new FoundMessages(hits, null);
            }

            hits.AddRange(await ReadAsync(db, accountId, found, filter, viewer, now, cancellationToken));
            place = found[^1];
            if (found.Count < take && hits.Count <= limit)
            {
                return new FoundMessages(hits, null);
            }
        }

        hits.RemoveRange(limit, hits.Count - limit);
        return new FoundMessages(hits, hits[^1].Seq);
    }

    private static Task<List<MessageHit>> ReadAsync(AppDbContext db, Guid accountId, List<long> found, ConversationFilter filter, Guid? viewer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var shown = ConversationFamily.Shown(db, accountId).Matching(db, accountId, filter, viewer, now);
        return (from message in db.Set<Message>()
                join own in db.Set<Conversation>() on message.ConversationId equals own.Id
                join conversation in shown on own.MergedIntoId ?? own.Id equals conversation.Id
                where message.AccountId == accountId && found.Contains(message.Seq)
                orderby message.Seq descending
                select new MessageHit(
                    conversation.Id, message.Id, message.Seq, message.Role, message.Text, message.AuthorName, message.At, conversation.SessionId, conversation.Channel, conversation.Address, conversation.ContactName))
            .ToListAsync(cancellationToken);
    }
}
