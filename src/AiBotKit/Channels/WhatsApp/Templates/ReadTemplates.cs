using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels.WhatsApp.Templates;

/// <summary>The stored templates of a connection, by name; and those that a conversation can use, with what else decides there.</summary>
internal sealed class ReadTemplates(ReadDb reads)
{
    /// <summary>Null when the account has no such connection.</summary>
    public async Task<TemplateList?> RunAsync(Guid accountId, Guid connectionId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await db.Set<Connection>().AnyAsync(c => c.Id == connectionId && c.AccountId == accountId, cancellationToken) ? await ListAsync(db, accountId, connectionId, cancellationToken) : null;
    }

    /// <summary>Null when the account has no such conversation.</summary>
    /// <param name="messageId">Of a message that the same request may have stored before.</param>
    public async Task<TemplatePlace?> PlaceAsync(Guid accountId, Guid conversationId, CancellationToken cancellationToken, Guid? messageId = null)
    {
        await using var db = reads.Open();
        if (await ConversationFamily.ReadAsync(db, accountId, conversationId, cancellationToken) is not [var id, ..]
            || await db.Set<Conversation>().FirstOrDefaultAsync(c => c.Id == id && c.AccountId == accountId, cancellationToken) is not { } conversation)
        {
            return null;
        }

        var connection = await db.Set<Connection>().FirstOrDefaultAsync(c => c.Id == conversation.ConnectionId && c.AccountId == accountId, cancellationToken);
        var circumstances = new ReplyCircumstances(
            connection is { DisconnectedAt: null }, connection?.Enabled ?? true, connection?.PausedByPlan ?? false, conversation.LastInboundAt, conversation.AiReplies);
        var list = connection is null ? TemplateList.Nothing : await ListAsync(db, accountId, connection.Id, cancellationToken);
        var isStored = messageId is { } message && await db.Set<Message>().AnyAsync(m => m.Id == message && m.AccountId == accountId, cancellationToken);
        return new TemplatePlace(circumstances, connection?.Id, conversation.ContactName, list, isStored);
    }

    private static async Task<TemplateList> ListAsync(AppDbContext db, Guid accountId, Guid connectionId, CancellationToken cancellationToken)
    {
        var rows = await db.Set<MessageTemplate>().Where(t => t.AccountId == accountId && t.ConnectionId == connectionId).OrderBy(t => t.Name).ThenBy(t => t.Language).ToListAsync(cancellationToken);
        var sync = await db.Set<TemplateSync>().FirstOrDefaultAsync(s => s.AccountId == accountId && s.ConnectionId == connectionId, cancellationToken);
        return new TemplateList([.. rows.Select(TemplateItem.Of)], sync?.SyncedAt, sync?.Problem);
    }
}

/// <summary>Where a template is to be sent.</summary>
/// <param name="ConnectionId">Null when the conversation has never had one.</param>
/// <param name="IsStored">The same request was here before: what stands in the way now did not then.</param>
internal sealed record TemplatePlace(ReplyCircumstances Circumstances, Guid? ConnectionId, string? ContactName, TemplateList Templates, bool IsStored = false)
{
    /// <summary>Those that can ask the customer to tap without being filled in, the default first.</summary>
    public IReadOnlyList<Nudge> Nudges =>
    [
        .. TemplateRules.BestFirst(
            Templates.Items.Select(one => (Template: one, Values: TemplateRules.AsNudge(one.Status, one.Form, ContactName))).Where(one => one.Values is not null).Select(one => new Nudge(one.Template, one.Values!)),
            one => (one.Template.Category, one.Values.Count, one.Template.Name)),
    ];
}

/// <summary>A template that asks the customer to tap, and what it is filled with.</summary>
internal sealed record Nudge(TemplateItem Template, IReadOnlyDictionary<string, string> Values);

/// <summary>A connection's templates.</summary>
/// <param name="SyncedAt">When the provider's list was last read; null = never.</param>
/// <param name="Problem">Why it could not be read the last time.</param>
internal sealed record TemplateList(IReadOnlyList<TemplateItem> Items, DateTimeOffset? SyncedAt, string? Problem)
{
    public static TemplateList Nothing { get; } = new([], null, null);
}

/// <summary>One template as the REST API shows it.</summary>
/// <param name="Status">In WhatsApp's word: APPROVED, PENDING, REJECTED, PAUSED, DISABLED…</param>
/// <param name="Sendable">Approved, and of a kind that can be sent from here.</param>
/// <param name="Problem">Why it is not sendable, one sentence.</param>
/// <param name="Fields">What has to be filled in; the <c>key</c> of each names its value in a request.</param>
internal sealed record TemplateItem(
    Guid Id,
    string Name,
    string Language,
    string Category,
    string Status,
    string? StatusReason,
    string? Header,
    string Body,
    string? Footer,
    IReadOnlyList<TemplateButton> Buttons,
    IReadOnlyList<TemplateField> Fields,
    bool Sendable,
    string? Problem)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public TemplateForm Form => new(Header, Body, Footer, Buttons, Fields, Status == MessageTemplate.Approved ? Problem : null);

    public static TemplateItem Of(MessageTemplate row)
    {
        var form = TemplateForm.Read(row.Components, row.Category);
        var refusal = TemplateRules.Sendable(row.Name, row.Status, form);
        return new(row.Id, row.Name, row.Language, row.Category, row.Status, row.StatusReason, form.Header, form.Body, form.Footer, form.Buttons, form.Fields, refusal is null, refusal is null ? null : form.Unsendable ?? refusal.Sentence);
    }
}
