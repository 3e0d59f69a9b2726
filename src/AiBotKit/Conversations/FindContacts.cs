using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations;

/// <summary>Which conversations a name or a number leads to.</summary>
internal static class FindContacts
{
    /// <summary>More are not listed: who looks for so many looks for something else.</summary>
    public const int Most = 1000;

    /// <summary>Conversations of the account whose contact has these words in its name or number, the newest <see cref="Most"/>; a merged one is found as the one that continues it.</summary>
    public static async Task<List<Guid>> RunAsync(AppDbContext db, Guid accountId, SearchWords words, CancellationToken cancellationToken)
    {
        // The plus keeps SQLite from walking the account's conversations to ask of each whether it was found.
        var (match, account) = (words.Contacts(accountId), accountId.ToByteArray(bigEndian: true));
        var found = await db.Database
            .SqlQuery<byte[]>(
                $"""
                SELECT ifnull(c.MergedIntoId, c.Id) AS Value FROM (SELECT rowid AS Seq FROM search_contacts WHERE search_contacts MATCH {match} ORDER BY rowid DESC LIMIT {Most}) s
                JOIN search_people p ON p.Seq = s.Seq JOIN conversations c ON c.Id = p.ConversationId AND +c.AccountId = {account}
                """)
            .ToListAsync(cancellationToken);
        return [.. found.Select(bytes => new Guid(bytes, bigEndian: true)).Distinct()];
    }
}
