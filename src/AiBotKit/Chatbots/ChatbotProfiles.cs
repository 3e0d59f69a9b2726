using System.Collections.Concurrent;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Chatbots;

/// <summary>Reads chatbots for the path of a message: kept in memory for 10 s, so that a change is known everywhere by then.</summary>
internal sealed class ChatbotProfiles(ReadDb readDb, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(Guid AccountId, Guid ChatbotId), (Chatbot Chatbot, long ReadAt)> _known = new();

    /// <summary>The chatbot of this account, or null. Treat it as a value: it is shared.</summary>
    public async Task<Chatbot?> GetAsync(Guid accountId, Guid chatbotId, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue((accountId, chatbotId), out var known) && time.GetElapsedTime(known.ReadAt) < MaxAge)
        {
            return known.Chatbot;
        }

        var readAt = time.GetTimestamp();
        await using var db = readDb.Open();
        var chatbot = await db.Set<Chatbot>().SingleOrDefaultAsync(c => c.AccountId == accountId && c.Id == chatbotId, cancellationToken);
        if (chatbot is not null)
        {
            _known[(accountId, chatbotId)] = (chatbot, readAt);
        }

        return chatbot;
    }

    /// <summary>After the commit of a change: the next answer reads it anew.</summary>
    public void Forget(Guid accountId, Guid chatbotId) => _known.TryRemove((accountId, chatbotId), out _);
}
