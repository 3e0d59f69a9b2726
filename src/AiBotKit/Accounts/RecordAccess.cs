using AiBotKit.Durability.Audit;
using AiBotKit.Storage;

namespace AiBotKit.Accounts;

/// <summary>
/// Writes into the audit trail who came in and who was refused. These are acts that write nothing else, and a store that cannot save must
/// not lock its owner out: what cannot be written is in the log.
/// </summary>
internal sealed partial class RecordAccess(IDataWriter writer, FirstAccount first, RefusalLimits limits, TimeProvider time, ILogger<RecordAccess> logger)
{
    public Task CameInAsync(Person person, string? address) =>
        WriteAsync(new AuditNote(person.AccountId, new Actor(ActorKind.Person, person.Id, person.DisplayName, address), AuditActs.SignedIn));

    /// <summary>Bounded by <see cref="RefusalLimits"/>.</summary>
    /// <param name="accountId">Null for what was aimed at no account: it is the operator's.</param>
    public async Task RefusedAsync(Guid? accountId, Actor by, string act, string? about = null, string? aboutId = null, string? detail = null)
    {
        var room = limits.Take(by.Address ?? "");
        if (room != RefusalRoom.None)
        {
            detail = room == RefusalRoom.Last ? $"{detail} More of this hour are not listed.".TrimStart() : detail;
            await WriteAsync(new AuditNote(accountId ?? first.Id, by, act, about, aboutId, detail));
        }
    }

    private async Task WriteAsync(AuditNote note)
    {
        try
        {
            var now = time.GetUtcNow();
            await writer.SaveAsync(db => AuditTrail.Append(db, note, now));
        }
        catch (StoreUnavailableException)
        {
            LogNotWritten(note.Act, note.AccountId);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The audit trail of account {Account} misses a line ({Act}): the store cannot save")]
    private partial void LogNotWritten(string act, Guid account);
}
