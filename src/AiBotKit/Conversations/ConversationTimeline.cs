using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations;

/// <summary>The messages of a conversation with those merged into it, in the one order that people and programs see: the provider's clock, then arrival.</summary>
internal static class ConversationTimeline
{
    /// <param name="family">From <see cref="ConversationFamily.ReadAsync"/>.</param>
    public static IQueryable<Message> Of(AppDbContext db, Guid accountId, IReadOnlyCollection<Guid> family) =>
        db.Set<Message>().Where(m => m.AccountId == accountId && family.Contains(m.ConversationId));

    extension(IQueryable<Message> messages)
    {
        public IQueryable<Message> Before(DateTimeOffset at, long seq) => messages.Where(m => m.At < at || (m.At == at && m.Seq < seq));

        public IQueryable<Message> From(DateTimeOffset at, long seq) => messages.Where(m => m.At > at || (m.At == at && m.Seq >= seq));

        public IQueryable<Message> OldestFirst() => messages.OrderBy(m => m.At).ThenBy(m => m.Seq);

        public IQueryable<Message> NewestFirst() => messages.OrderByDescending(m => m.At).ThenByDescending(m => m.Seq);

        /// <summary>Those among them that have one of these provider ids.</summary>
        public async Task<List<Message>> WithProviderIdsAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
            ids.Count == 0 ? [] : await messages.Where(m => m.ProviderMessageId != null && ids.Contains(m.ProviderMessageId)).ToListAsync(cancellationToken);
    }
}
