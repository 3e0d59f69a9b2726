using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Contacts;

/// <summary>The account's own name for a contact, in all its conversations; it is kept over what the customer calls itself.</summary>
internal sealed class RenameContact(IDataWriter writer, ReadDb reads, ConversationFeed feed, TimeProvider time)
{
    /// <summary>UTF-16 units, as a profile name.</summary>
    public const int Longest = 256;

    /// <param name="name">Null or blank: the profile name again.</param>
    /// <returns>False when the account has no such contact.</returns>
    public async Task<bool> RunAsync(Guid accountId, Guid id, string? name, Actor by, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        if (await ContactFamily.ReadAsync(db, accountId, id, cancellationToken) is not { Ids: var ids })
        {
            return false;
        }

        var (given, now) = (string.IsNullOrWhiteSpace(name) ? null : name.Trim(), time.GetUtcNow());
        var changes = await writer.SaveAsync(writes =>
        {
            foreach (var one in writes.Set<Conversation>().AsTracking().Where(c => c.AccountId == accountId && ids.Contains(c.Id)))
            {
                (one.ContactName, one.NameGiven) = given is null ? (one.ProfileName ?? (one.NameGiven ? null : one.ContactName), false) : (given, true);
            }

            AuditTrail.Append(writes, new AuditNote(accountId, by, AuditActs.ContactRenamed, "conversation", ids[0].ToString()), now);
            return ids.Select(one => ConversationFamily.Touch(writes, accountId, one)).OfType<ConversationChanged>().ToList();
        });
        foreach (var change in changes)
        {
            feed.Publish(change);
        }

        return true;
    }

    /// <summary>Why this is no name; null when it is one.</summary>
    public static string? Problem(string? name) =>
        name?.Trim().Length > Longest ? $"A name has at most {Longest} characters."
        : name is not null && name.Any(char.IsControl) ? "A name is one line."
        : null;
}
