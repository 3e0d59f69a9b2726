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
/// <param name="Passages">Pieces of its documents that can be found and quoted.</param>
/// <param name="Messages">Said by customers, the AI and people; events do not count.</param>
public sealed record BotView(Guid Id, string Name, string? Number, ChannelView Channel, int Messages, int Sessions, int Waiting, int Documents, int Passages);

/// <summary>The state of a bot's WhatsApp channel, and what to do when it is not on.</summary>
public sealed record ChannelView(string Css, string Icon, string Label, string? Advice);

/// <summary>Reads the chatbots of an account with their counters.</summary>
internal sealed class ReadBots(ReadDb reads)
{
    public async Task<IReadOnlyList<BotView>> RunAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var bots = await db.Set<Chatbot>().Where(b => b.AccountId == accountId).OrderBy(b => b.CreatedAt).ThenBy(b => b.Id).Select(b => new { b.Id, b.Name }).ToListAsync(cancellationToken);
        var connections = await db.Set<Connection>().Where(c => c.AccountId == accountId && c.Channel == "whatsapp").ToListAsync(cancellationToken);
        var sessions = await db.Set<Conversation>().Where(c => c.AccountId == accountId && c.MergedIntoId == null)
            .GroupBy(c => c.ChatbotId)
            .Select(group => new { group.Key, Count = group.Count(), Waiting = group.Count(c => c.WaitingReason != null) })
            .ToDictionaryAsync(group => group.Key, cancellationToken);
        var messages = await db.Set<Message>().Where(m => m.AccountId == accountId && m.Role != MessageRole.Event)
            .Join(db.Set<Conversation>(), m => m.ConversationId, c => c.Id, (m, c) => c.ChatbotId)
            .GroupBy(id => id)
            .Select(group => new { group.Key, Count = group.Count() })
            .ToDictionaryAsync(group => group.Key, group => group.Count, cancellationToken);
        var documents = await db.Set<Document>().Where(d => d.AccountId == accountId).GroupBy(d => d.ChatbotId)
            .Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, cancellationToken);
        var passages = await db.Set<Chunk>().Where(c => c.AccountId == accountId).GroupBy(c => c.ChatbotId)
            .Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, cancellationToken);
        return [.. bots.Select(bot =>
        {
            var connection = connections.Where(c => c.ChatbotId == bot.Id).OrderBy(c => c.DisconnectedAt is not null).ThenByDescending(c => c.CreatedAt).FirstOrDefault();
            var counted = sessions.GetValueOrDefault(bot.Id);
            return new BotView(bot.Id, bot.Name, Number(connection), ChannelOf(connection), messages.GetValueOrDefault(bot.Id), counted?.Count ?? 0, counted?.Waiting ?? 0, documents.GetValueOrDefault(bot.Id), passages.GetValueOrDefault(bot.Id));
        })];
    }

    private static string? Number(Connection? connection) =>
        connection is null ? null : InboxRules.Number(connection.DisplayPhoneNumber.TrimStart('+'));

    private static ChannelView ChannelOf(Connection? connection) => connection switch
    {
        null => new("", "wa", "No channel yet", "Connect a WhatsApp number to let customers reach it."),
        { DisconnectedAt: not null } => new("", "pause", "Disconnected", "The number is disconnected. Conversations are kept."),
        { BrokenReason: { } reason } => new("fail", "alert", "WhatsApp needs you", reason),
        { Enabled: false } => new("wait", "pause", "WhatsApp paused", "Messages are stored, nothing is answered while it is paused."),
        _ => new("ai", "wa", "WhatsApp on", null),
    };
}
