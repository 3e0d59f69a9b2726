using AiBotKit.Durability.Audit;

namespace AiBotKit.Durability;

/// <summary>What a new plan changes in an account.</summary>
/// <param name="Plan">Its name. Another one than before begins a billing period now.</param>
/// <param name="AiMessages">AI messages of a period, add-ons included; null = no limit.</param>
/// <param name="HasChannels">Without them the account's connections are paused.</param>
internal sealed record PlanChange(Guid AccountId, string Plan, int ExtraMessageUnits, int ExtraStorageUnits, long? AiMessages, bool HasChannels, AuditNote? Note);

/// <summary>Changes plans through the writer: the numbers and the pause of the channels in one transaction.</summary>
internal sealed class PlanChanges(GroupCommitWriter writer, CommitSignals signals)
{
    /// <summary>False when there is no such account.</summary>
    public Task<bool> RunAsync(PlanChange change, DateTimeOffset now) => writer.WriteAsync(session =>
    {
        if (session.Execute(
            """
            UPDATE accounts SET Plan = $2, PlanStartedAt = CASE WHEN Plan = $2 THEN PlanStartedAt ELSE $3 END, ExtraMessageUnits = $4, ExtraStorageUnits = $5, MonthlyAiMessages = $6
            WHERE Id = $1
            """,
            change.AccountId,
            change.Plan,
            now,
            change.ExtraMessageUnits,
            change.ExtraStorageUnits,
            change.AiMessages) == 0)
        {
            return false;
        }

        new SqliteConnections(session, now, signals).FollowPlan(change.AccountId, change.HasChannels);
        if (change.Note is { } note)
        {
            AuditTrail.Append(session, note, now);
        }

        return true;
    });
}
