using AiBotKit.Accounts.Plans;
using AiBotKit.Chatbots;
using AiBotKit.Knowledge;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Dashboard.Plans;

/// <summary>What an account uses of its plan besides messages.</summary>
internal sealed record PlanPage(UsageState Usage, long Chatbots, long Characters);

/// <summary>Reads what the plan page shows.</summary>
internal sealed class ReadPlanPage(ReadUsage usage, ReadDb reads)
{
    public async Task<PlanPage> RunAsync(Guid accountId, CancellationToken cancellationToken)
    {
        var state = await usage.RunAsync(accountId, cancellationToken);
        await using var db = reads.Open();
        var bots = await db.Set<Chatbot>().CountAsync(b => b.AccountId == accountId, cancellationToken);
        var characters = await db.Set<Document>().Where(d => d.AccountId == accountId).SumAsync(d => (long)d.Content.Length, cancellationToken);
        return new PlanPage(state, bots, characters);
    }
}
