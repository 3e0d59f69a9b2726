using System.Text.Json;
using AiBotKit.Hosting.Paging;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations;

/// <summary>
/// The messages of a conversation with those of the conversations merged into it, newest last; the cursor leads to earlier ones.
/// Order: the provider's clock, then arrival.
/// </summary>
internal sealed class ReadMessages(ReadDb reads)
{
    private static readonly JsonElement None = JsonElement.Parse("[]");

    /// <summary>Null when the account has no such conversation.</summary>
    public async Task<Page<MessageItem>?> RunAsync(Guid accountId, Guid conversationId, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var ids = await ConversationFamily.ReadAsync(db, accountId, conversationId, cancellationToken);
        if (ids.Count == 0)
        {
            return null;
        }

        var query = db.Set<Message>().Where(m => m.AccountId == accountId && ids.Contains(m.ConversationId));
        if (page.After is { } before)
        {
            query = query.Where(m => m.At < before.At || (m.At == before.At && m.Seq < before.Tie));
        }

        var rows = await query.OrderByDescending(m => m.At).ThenByDescending(m => m.Seq).Take(page.Limit + 1).ToListAsync(cancellationToken);
        string? next = null;
        if (rows.Count > page.Limit)
        {
            rows.RemoveAt(page.Limit);
            next = new Cursor(rows[^1].At, rows[^1].Seq).ToString();
        }

        rows.Reverse();
        return new Page<MessageItem>([.. rows.Select(Item)], next);
    }

    private static MessageItem Item(Message m) => new(
        m.Id,
        m.Role.ToString().ToLowerInvariant(),
        m.Type,
        m.Text,
        m.Status.ToString().ToLowerInvariant(),
        m.Outcome,
        m.FailureReason is null && m.FailureCode is null ? null : new MessageFailure(m.FailureCode, m.FailureReason ?? ""),
        m.ProviderMessageId,
        m.Citations is null ? None : JsonElement.Parse(m.Citations),
        m.CreatedAt,
        m.PossibleDuplicate);
}

/// <summary>One message as the REST API shows it.</summary>
/// <param name="Outcome"><c>answered</c> or a stored-only reason; null while an answer is due, and for what is no customer message.</param>
internal sealed record MessageItem(
    Guid Id,
    string Role,
    string Type,
    string Text,
    string Status,
    string? Outcome,
    MessageFailure? Failure,
    string? ProviderMessageId,
    JsonElement Citations,
    DateTimeOffset CreatedAt,
    bool PossibleDuplicate);

/// <summary>The provider's code, when it gave one, and one plain sentence.</summary>
internal sealed record MessageFailure(int? Code, string Reason);
