namespace AiBotKit.Storage;

/// <summary>
/// What full-text search needs beside the entities: two FTS5 indices over texts that are stored already, and triggers that keep them right. Words of new messages
/// and names are added after the commit (<c>Durability.KeepSearchIndex</c>), so that no acknowledgement pays for them; what was added is changed and removed by the
/// very statement that changes or removes the text, so nothing that was erased can be found, and no act can forget it.
/// <para>Scope holds the account as one word, so that a search walks only what its account has. <c>secure-delete</c>: removed words leave the pages of the index too (F51).</para>
/// </summary>
internal static class SearchSchema
{
    /// <summary>A condition on <c>messages</c>: what people see as said. Lines of events, reactions, and what was taken back are not found.</summary>
    public const string Found = "Role <> 3 AND RevokedAt IS NULL AND Type NOT IN ('reaction', 'edit', 'revoke')";

    private const string Tokenizer = "tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'";
    private const string OldFound = "old.Role <> 3 AND old.RevokedAt IS NULL AND old.Type NOT IN ('reaction', 'edit', 'revoke')";
    private const string NewFound = "new.Role <> 3 AND new.RevokedAt IS NULL AND new.Type NOT IN ('reaction', 'edit', 'revoke')";
    private const string Forget = "INSERT INTO search_messages (search_messages, rowid, Text, Scope) VALUES ('delete', old.Seq, old.Text, 'a' || lower(hex(old.AccountId)));";

    /// <summary>May be run at every start: it makes what is not there.</summary>
    public const string Create =
        $"""
        CREATE VIEW IF NOT EXISTS search_texts AS SELECT Seq, Text, 'a' || lower(hex(AccountId)) AS Scope FROM messages;
        CREATE VIRTUAL TABLE IF NOT EXISTS search_messages USING fts5(Text, Scope, content = 'search_texts', content_rowid = 'Seq', {Tokenizer});
        INSERT INTO search_messages (search_messages, rank) SELECT 'secure-delete', 1 WHERE NOT EXISTS (SELECT 1 FROM search_messages_config WHERE k = 'secure-delete');

        CREATE TABLE IF NOT EXISTS search_progress (Id INTEGER PRIMARY KEY CHECK (Id = 1), Seq INTEGER NOT NULL);
        INSERT OR IGNORE INTO search_progress (Id, Seq) VALUES (1, 0);
        CREATE TRIGGER IF NOT EXISTS search_message_changed AFTER UPDATE OF Text, RevokedAt ON messages
        WHEN {OldFound} AND old.Seq <= (SELECT Seq FROM search_progress)
        BEGIN
            {Forget}
            INSERT INTO search_messages (rowid, Text, Scope) SELECT new.Seq, new.Text, 'a' || lower(hex(new.AccountId)) WHERE {NewFound};
        END;
        CREATE TRIGGER IF NOT EXISTS search_message_gone AFTER DELETE ON messages
        WHEN {OldFound} AND old.Seq <= (SELECT Seq FROM search_progress)
        BEGIN
            {Forget}
        END;

        CREATE TABLE IF NOT EXISTS search_people (Seq INTEGER PRIMARY KEY, ConversationId BLOB NOT NULL UNIQUE, Name TEXT NOT NULL, Number TEXT NOT NULL, Scope TEXT NOT NULL);
        CREATE VIRTUAL TABLE IF NOT EXISTS search_contacts USING fts5(Name, Number, Scope, content = 'search_people', content_rowid = 'Seq', {Tokenizer});
        INSERT INTO search_contacts (search_contacts, rank) SELECT 'secure-delete', 1 WHERE NOT EXISTS (SELECT 1 FROM search_contacts_config WHERE k = 'secure-delete');
        CREATE TRIGGER IF NOT EXISTS search_people_new AFTER INSERT ON search_people
        BEGIN
            INSERT INTO search_contacts (rowid, Name, Number, Scope) VALUES (new.Seq, new.Name, new.Number, new.Scope);
        END;
        CREATE TRIGGER IF NOT EXISTS search_people_gone AFTER DELETE ON search_people
        BEGIN
            INSERT INTO search_contacts (search_contacts, rowid, Name, Number, Scope) VALUES ('delete', old.Seq, old.Name, old.Number, old.Scope);
        END;

        CREATE TABLE IF NOT EXISTS search_people_due (ConversationId BLOB NOT NULL PRIMARY KEY) WITHOUT ROWID;
        CREATE TRIGGER IF NOT EXISTS search_contact_new AFTER INSERT ON conversations
        BEGIN
            INSERT OR IGNORE INTO search_people_due (ConversationId) VALUES (new.Id);
        END;
        CREATE TRIGGER IF NOT EXISTS search_contact_changed AFTER UPDATE OF ContactName, Address ON conversations
        WHEN new.ContactName IS NOT old.ContactName OR new.Address <> old.Address
        BEGIN
            DELETE FROM search_people WHERE ConversationId = old.Id;
            INSERT OR IGNORE INTO search_people_due (ConversationId) VALUES (new.Id);
        END;
        CREATE TRIGGER IF NOT EXISTS search_contact_gone AFTER DELETE ON conversations
        BEGIN
            DELETE FROM search_people WHERE ConversationId = old.Id;
            DELETE FROM search_people_due WHERE ConversationId = old.Id;
        END;

        CREATE TRIGGER IF NOT EXISTS conversation_failed AFTER UPDATE OF Status ON messages
        WHEN new.Status = 9 AND old.Status <> 9
        BEGIN
            UPDATE conversations SET FailedAt = LastMessageAt WHERE Id = new.ConversationId AND LastMessageAt <= new.CreatedAt;
        END;
        CREATE TRIGGER IF NOT EXISTS conversation_mended AFTER UPDATE OF Status ON messages
        WHEN old.Status = 9 AND new.Status <> 9
        BEGIN
            UPDATE conversations SET FailedAt = NULL WHERE Id = new.ConversationId AND FailedAt <= new.CreatedAt;
        END;
        """;
}
