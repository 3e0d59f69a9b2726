using AiBotKit.Chatbots;
using AiBotKit.Conversations.Handover;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Drafts;

/// <summary>A conversation as it was when a draft or a summary of it was begun.</summary>
/// <param name="Family">The conversation that goes on, then those merged into it.</param>
/// <param name="Lines">The latest of what was said, oldest first; without what was taken back, deleted or never sent.</param>
/// <param name="Events">Of the same stretch, oldest first.</param>
/// <param name="NewestSeq">Arrival number of the latest message, 0 without any.</param>
internal sealed record Talk(Conversation Conversation, IReadOnlyList<Guid> Family, DateTimeOffset Since, IReadOnlyList<SaidLine> Lines, IReadOnlyList<SaidLine> Events, long NewestSeq, string TimeZone);

/// <summary>Reads what was said in a conversation and in those merged into it.</summary>
internal static class ReadTalk
{
    private const int Longest = 60;

    /// <returns>Null when the account has no such conversation.</returns>
    public static async Task<Talk?> RunAsync(AppDbContext db, Guid accountId, Guid conversationId, CancellationToken cancellationToken)
    {
        var family = await ConversationFamily.ReadAsync(db, accountId, conversationId, cancellationToken);
        if (family.Count == 0)
        {
            return null;
        }

        var parts = await db.Set<Conversation>().Where(c => c.AccountId == accountId && family.Contains(c.Id)).ToListAsync(cancellationToken);
        var conversation = parts.Single(c => c.Id == family[0]);
        var bot = await db.Set<Chatbot>().IgnoreQueryFilters().Where(b => b.Id == conversation.ChatbotId && b.AccountId == accountId)
            .Select(b => new { b.Languages, b.TimeZone }).FirstOrDefaultAsync(cancellationToken);
        var words = await db.Set<HandoverSettings>().Where(h => h.ChatbotId == conversation.ChatbotId && h.AccountId == accountId).Select(h => h.Words).FirstOrDefaultAsync(cancellationToken);
        var all = ConversationTimeline.Of(db, accountId, family);
        var newest = await all.Where(m => m.Role != MessageRole.Event).MaxAsync(m => (long?)m.Seq, cancellationToken);
        var messages = await all.Where(m => m.Text != "" && m.Type != AddNote.Type && m.Type != "reaction" && m.Type != "edit" && m.Type != "revoke" && m.RevokedAt == null && m.Status < MessageStatus.Cancelled)
            .NewestFirst().Take(Longest).ToListAsync(cancellationToken);
        messages.Reverse();
        var turns = messages.Select(m => m.TurnId).OfType<Guid>().Distinct().ToList();
        var kinds = await db.Set<Turn>().Where(t => t.AccountId == accountId && family.Contains(t.ConversationId) && turns.Contains(t.Id)).ToDictionaryAsync(t => t.Id, t => t.AnswerKind, cancellationToken);
        List<SaidLine> lines =
        [
            .. messages.Select(m => new SaidLine(
                m.Seq,
                m.Role,
                m.Type,
                m.Text,
                m.At,
                m.StartsTurn,
                m.Outcome,
                m.TurnId is { } turn ? kinds.GetValueOrDefault(turn) : null,
                m.Role == MessageRole.Customer && HandoverWords.Find([m.Text], bot?.Languages ?? "en", words ?? "") is not null)),
        ];
        return new Talk(
            conversation,
            family,
            parts.Min(c => c.CreatedAt),
            lines.FindAll(l => l.Role != MessageRole.Event),
            lines.FindAll(l => l.Role == MessageRole.Event),
            newest ?? 0,
            bot?.TimeZone ?? "UTC");
    }
}
