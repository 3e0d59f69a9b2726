using AiBotKit.Channels;
using AiBotKit.Channels.WhatsApp;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Dashboard.Connect;

/// <summary>The WhatsApp connection of one chatbot, for the pages about connecting.</summary>
internal sealed class ReadConnect(ReadDb reads)
{
    /// <summary>The live connection; null when the chatbot has none or is not the account's.</summary>
    public async Task<Connection?> LiveAsync(Guid accountId, Guid chatbotId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await db.Set<Connection>().FirstOrDefaultAsync(c => c.ChatbotId == chatbotId && c.AccountId == accountId && c.Channel == SeedConnections.WhatsApp && c.DisconnectedAt == null, cancellationToken);
    }
}
