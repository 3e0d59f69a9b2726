using AiBotKit.Durability;
using AiBotKit.Channels;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Dashboard.Inbox;
using AiBotKit.Knowledge;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Dashboard.Bots;

/// <summary>A chatbot on its card.</summary>
/// <param name="Tone">In a word; null when none was chosen.</param>
/// <param name="Passages">Pieces of its documents that can be found and quoted.</param>
/// <param name="Messages">Said by customers, the AI and people; events do not count.</param>
public sealed record BotView(Guid Id, string Name, string? Tone, string? Number, ChannelView Channel, int Messages, int Sessions, int Waiting, int Documents, int Passages);

/// <summary>The state of a bot's WhatsApp channel, and what to do when it is not on.</summary>
public sealed record ChannelView(string Css, string Icon, string Label, string? Advice);

/// <summary>Reads the chatbots of an account with their counters.</summary>
internal sealed class ReadBots(ReadDb reads)
{
    public async Task<IReadOnlyList<BotView>> RunAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var shown = ConversationFamily.Shown(db, accountId);
        var bots = await db.Set<Chatbot>()
            .Where(b => b.AccountId == accountId)
            .OrderBy(b => b.CreatedAt).ThenBy(b => b.Id)
            .Select(b => new
            {
                b.Id,
                b.Name,
                b.Tone,
                Connection = db.Set<Connection>()
                    .Where(c => c.ChatbotId == b.Id && c.AccountId == accountId && c.Channel == "whatsapp")
                    .OrderBy(c => c.DisconnectedAt != null).ThenByDescending(c => c.CreatedAt)
                    .FirstOrDefault(),
                Sessions = shown.Count(c => c.ChatbotId == b.Id),
                Waiting = shown.Count(c => c.ChatbotId == b.Id && c.WaitingReason != null),
                Messages = db.Set<Conversation>().Where(c => c.ChatbotId == b.Id && c.AccountId == accountId)
                    .Join(db.Set<Message>().Where(m => m.AccountId == accountId && m.Role != MessageRole.Event), c => c.Id, m => m.ConversationId, (c, m) => m)
                    .Count(),
                Documents = db.Set<Document>().Count(d => d.ChatbotId == b.Id && d.AccountId == accountId),
                Passages = db.Set<Chunk>().Count(c => c.ChatbotId == b.Id && c.AccountId == accountId),
            })
            .ToListAsync(cancellationToken);
        return [.. bots.Select(bot => new BotView(bot.Id, bot.Name, bot.Tone == ChatbotTone.Neutral ? null : ToneChoice.Word(bot.Tone), Number(bot.Connection), ChannelOf(bot.Connection), bot.Messages, bot.Sessions, bot.Waiting, bot.Documents, bot.Passages))];
    }

    private static string? Number(Connection? connection) =>
        connection is null ? null : InboxRules.Number(connection.DisplayPhoneNumber.TrimStart('+'));

    public static ChannelView ChannelOf(Connection? connection)
    {
        var status = ConnectionStates.Of(connection);
        var (css, icon, label) = status.State switch
        {
            ConnectionState.NotConnected => ("", "wa", "No channel yet"),
            ConnectionState.Connecting => ("wait", "clock", "WhatsApp connecting"),
            ConnectionState.Connected => ("ai", "wa", "WhatsApp on"),
            ConnectionState.Paused => ("wait", "pause", "WhatsApp paused"),
            ConnectionState.Locked => ("wait", "lock", "WhatsApp locked by plan"),
            ConnectionState.Disconnected when connection?.BrokenReason is null => ("", "pause", "Disconnected"),
            ConnectionState.Disconnected => ("fail", "alert", "Disconnected"),
            _ => ("fail", "alert", "WhatsApp needs you"),
        };
        return new(css, icon, label, status.State == ConnectionState.Connected ? null : status.Cause);
    }
}
