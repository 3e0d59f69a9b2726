using AiBotKit.Channels;
using AiBotKit.Chatbots;
using AiBotKit.Dashboard.Bots;
using AiBotKit.Knowledge;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Dashboard.Editor;

/// <summary>The chatbot that is being edited, as the menu beside every page of its editor shows it.</summary>
public sealed record EditorView(Guid Id, string Name, ChannelView Channel, int Documents, int Gaps);

/// <summary>Reads a chatbot for its editor.</summary>
internal sealed class ReadEditor(ReadDb reads)
{
    /// <summary>Null when the account has no such chatbot.</summary>
    public async Task<EditorView?> RunAsync(Guid accountId, Guid chatbotId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var bot = await db.Set<Chatbot>()
            .Where(b => b.AccountId == accountId && b.Id == chatbotId)
            .Select(b => new
            {
                b.Id,
                b.Name,
                Connection = db.Set<Connection>().Where(c => c.ChatbotId == b.Id && c.AccountId == accountId).OrderBy(c => c.DisconnectedAt != null).ThenByDescending(c => c.CreatedAt).FirstOrDefault(),
                Documents = db.Set<Document>().Count(d => d.ChatbotId == b.Id && d.AccountId == accountId),
                Gaps = db.Set<Gap>().Count(g => g.ChatbotId == b.Id && g.AccountId == accountId),
            })
            .FirstOrDefaultAsync(cancellationToken);
        return bot is null ? null : new EditorView(bot.Id, bot.Name, ReadBots.ChannelOf(bot.Connection), bot.Documents, bot.Gaps);
    }
}
