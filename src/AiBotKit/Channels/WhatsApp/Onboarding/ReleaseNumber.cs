using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>A chatbot is being deleted: its number is disconnected, as an owner would do it.</summary>
internal sealed class ReleaseNumber(ReadDb reads, DisconnectConnection disconnect)
{
    public async Task RunAsync(Guid accountId, Guid chatbotId, Actor by, CancellationToken cancellationToken)
    {
        List<Guid> live;
        await using (var db = reads.Open())
        {
            live = await db.Set<Connection>().Where(c => c.AccountId == accountId && c.ChatbotId == chatbotId && c.DisconnectedAt == null).Select(c => c.Id).ToListAsync(cancellationToken);
        }

        foreach (var connection in live)
        {
            await disconnect.RunAsync(accountId, connection, by, cancellationToken);
        }
    }
}
