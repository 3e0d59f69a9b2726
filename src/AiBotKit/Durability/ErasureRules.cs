namespace AiBotKit.Durability;

/// <summary>What erasing a contact does to one table.</summary>
/// <param name="Delete">Removes a slice of what the conversation <c>$1</c> has there; null when the table keeps its rows.</param>
/// <param name="Why">How else it goes, or why nothing of a customer is in it.</param>
internal sealed record TableErasure(string Table, string? Delete, string Why);

/// <summary>
/// Every table of the database, and what erasing a contact does to it (F51, S-P6). A table that is not in this list fails a test, so that none is forgotten.
/// </summary>
internal static class ErasureRules
{
    /// <summary>In this order: what is found through something else goes before it.</summary>
    public static IReadOnlyList<TableErasure> Tables { get; } =
    [
        Gone("raw_items", "MessageSeq IN (SELECT r.MessageSeq FROM raw_items r JOIN messages m ON m.Seq = r.MessageSeq WHERE m.ConversationId = $1 LIMIT 100)"),
        Gone("send_attempts", "rowid IN (SELECT a.rowid FROM send_attempts a JOIN outbox o ON o.Id = a.OutboxId WHERE o.ConversationId = $1 LIMIT 100)"),
        Gone("parked_statuses", "Id IN (SELECT p.Id FROM parked_statuses p JOIN messages m ON m.ProviderMessageId = p.ProviderMessageId AND m.ConversationId = $1 LIMIT 100)"),
        Gone("outbox", "rowid IN (SELECT rowid FROM outbox WHERE ConversationId = $1 LIMIT 100)"),
        Gone("work", "ConversationId = $1"),
        Gone("held_replies", "ConversationId = $1"),
        Gone("reply_drafts", "ConversationId = $1", "they answer what the person wrote"),
        Gone("lead_talks", "ConversationId = $1"),
        Gone("leads", "ConversationId = $1"),
        Gone("mails", "ConversationId = $1", "those that quote the person; the others are about the account"),
        Gone("turns", "rowid IN (SELECT rowid FROM turns WHERE ConversationId = $1 LIMIT 100)"),
        Gone("media", "rowid IN (SELECT rowid FROM media WHERE ConversationId = $1 AND StoredName IS NULL LIMIT 100)", "files first, each with its row"),
        Gone("knowledge_gaps", "rowid IN (SELECT rowid FROM knowledge_gaps WHERE ConversationId = $1 LIMIT 100)", "with those that ask what the person asked, word for word"),
        Gone("dead_letters", "rowid IN (SELECT rowid FROM dead_letters WHERE ConversationId = $1 LIMIT 100)", "with those whose content has one of the person's numbers"),
        Gone("messages", "Seq IN (SELECT Seq FROM messages WHERE ConversationId = $1 LIMIT 100)", "notes and events too; a trigger takes the words out of the search"),
        Gone("conversation_labels", "ConversationId = $1"),
        Gone("conversation_aliases", "ConversationId = $1"),
        Gone("conversations", "Id = $1", "a trigger takes name and number out of the search"),

        Kept("search_messages", "by triggers of messages, which leave no word behind (secure-delete)"),
        Kept("search_people", "by triggers of conversations"),
        Kept("search_people_due", "by triggers of conversations; ids only"),
        Kept("search_contacts", "by triggers of search_people"),
        Kept("search_progress", "a number"),
        Kept("erasures", "ids of conversations, until all is done"),
        Kept("dedup_keys", "keyed hashes of message ids: a message that comes again after the erasure must not come back"),
        Kept("audit", "who of the team did what; nothing that a customer said, no customer's name or number"),
        Kept("usage_counters", "numbers"),
        Kept("accounts", "the account's own"),
        Kept("people", "the account's own"),
        Kept("sessions", "the account's own"),
        Kept("invitations", "the account's own"),
        Kept("email_proofs", "the account's own"),
        Kept("password_resets", "the account's own"),
        Kept("api_keys", "the account's own"),
        Kept("signup_states", "the account's own"),
        Kept("settings", "the installation's own"),
        Kept("chatbots", "the account's own"),
        Kept("canned_replies", "the account's own"),
        Kept("handovers", "the account's own"),
        Kept("lead_forms", "the account's own"),
        Kept("message_templates", "the account's own, at its provider"),
        Kept("template_syncs", "when they were read last"),
        Kept("connections", "the account's own numbers"),
        Kept("knowledge_sources", "what the account teaches"),
        Kept("knowledge_documents", "what the account teaches: an answer that people wrote down themselves is theirs"),
        Kept("knowledge_chunks", "what the account teaches"),
        Kept("__EFMigrationsHistory", "the schema's own"),
        Kept("__EFMigrationsLock", "the schema's own"),
    ];

    private static TableErasure Gone(string table, string rows, string why = "") => new(table, $"DELETE FROM {table} WHERE {rows}", why);

    private static TableErasure Kept(string table, string why) => new(table, null, why);
}
