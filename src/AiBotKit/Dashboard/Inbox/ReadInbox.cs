using AiBotKit.Durability;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>Which conversations of the account are listed.</summary>
internal enum InboxFilter
{
    All,
    Waiting,
    Unread,
}

/// <summary>A window on the list, with what the filters above it count.</summary>
internal sealed record InboxPage(IReadOnlyList<InboxRow> Rows, int Total);

/// <summary>How many conversations the filters hold.</summary>
internal sealed record InboxCounts(int All, int Waiting, int Unread);

/// <summary>Reads the list of conversations: newest first, a window at a time.</summary>
internal sealed class ReadInbox(ReadDb reads, TimeProvider time)
{
    private const int PreviewLength = 160;

    public async Task<InboxPage> RunAsync(Guid accountId, InboxFilter filter, string? search, int skip, int take, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var wanted = Matching(db, accountId, filter, search);
        var total = await wanted.CountAsync(cancellationToken);
        var found = await wanted
            .LatestFirst()
            .Skip(skip).Take(take)
            .Select(c => new
            {
                Conversation = c,
                Chatbot = db.Set<Chatbot>().IgnoreQueryFilters().Where(b => b.Id == c.ChatbotId && b.AccountId == accountId).Select(b => b.Name).FirstOrDefault(),
                Last = db.Set<Message>()
                    .Where(m => m.ConversationId == c.Id && m.AccountId == accountId && m.Role != MessageRole.Event)
                    .OrderByDescending(m => m.At).ThenByDescending(m => m.Seq)
                    .Select(m => new { m.Role, m.Status, m.FailureCode, m.FailureReason, m.AuthorName, Text = m.Text.Substring(0, PreviewLength) })
                    .FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);
        var now = time.GetUtcNow();
        var rows = found.Select(row =>
        {
            var c = row.Conversation;
            var number = InboxRules.Number(c.Address);
            var ours = row.Last?.Role is MessageRole.Assistant or MessageRole.Owner;
            var failure = ours && row.Last!.Status == MessageStatus.Failed ? MessageWords.Failure(row.Last.Status, row.Last.FailureCode, row.Last.FailureReason) : null;
            // What is last in the timeline: the tick beside it must be its own.
            var said = row.Last is { Text.Length: > 0 } ? row.Last.Text : c.LastMessagePreview;
            var preview = row.Last is { Role: MessageRole.Owner, AuthorName: { } author } ? $"{author}: {said}" : said;
            return new InboxRow(
                c.Id,
                string.IsNullOrWhiteSpace(c.ContactName) ? number : c.ContactName,
                number,
                c.Channel == "whatsapp",
                preview,
                ours ? MessageWords.Tick(row.Last!.Status) : null,
                failure is null ? null : failure.Lead.TrimEnd('.'),
                c.Unread,
                TimeWords.InList(c.LastMessageAt, now, zone),
                InboxRules.OwnerOf(c.AiReplies, c.AiRepliesReason, c.WaitingReason, c.WaitingSince, now),
                InboxRules.WindowOf(c.LastInboundAt, now),
                row.Chatbot);
        });
        return new InboxPage([.. rows], total);
    }

    public async Task<InboxCounts> CountAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await Matching(db, accountId, InboxFilter.All, null)
            .GroupBy(_ => 1)
            .Select(group => new InboxCounts(group.Count(), group.Count(c => c.WaitingReason != null), group.Count(c => c.Unread > 0)))
            .FirstOrDefaultAsync(cancellationToken) ?? new InboxCounts(0, 0, 0);
    }

    private static IQueryable<Conversation> Matching(AppDbContext db, Guid accountId, InboxFilter filter, string? search)
    {
        var wanted = ConversationFamily.Shown(db, accountId);
        wanted = filter switch
        {
            InboxFilter.Waiting => wanted.Where(c => c.WaitingReason != null),
            InboxFilter.Unread => wanted.Where(c => c.Unread > 0),
            _ => wanted,
        };
        if (!string.IsNullOrWhiteSpace(search))
        {
            var name = Pattern(search.Trim());
            var digits = new string([.. search.Where(char.IsAsciiDigit)]);
            var number = digits.Length >= 3 ? Pattern(digits) : name;
            wanted = wanted.Where(c => EF.Functions.Like(c.ContactName!, name, "\\") || EF.Functions.Like(c.Address, number, "\\"));
        }

        return wanted;
    }

    private static string Pattern(string text) =>
        "%" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
}
