using AiBotKit.Chatbots;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Handover;

/// <summary>Reads a chatbot's handover settings.</summary>
internal sealed class ReadHandover(ReadDb reads)
{
    /// <summary>Null when the account has no such chatbot.</summary>
    public async Task<HandoverValues?> RunAsync(Guid accountId, Guid chatbotId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await db.Set<Chatbot>().AnyAsync(c => c.AccountId == accountId && c.Id == chatbotId, cancellationToken)
            ? HandoverValues.Of(await db.Set<HandoverSettings>().FirstOrDefaultAsync(h => h.AccountId == accountId && h.ChatbotId == chatbotId, cancellationToken))
            : null;
    }
}
