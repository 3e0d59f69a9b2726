using AiBotKit.Chatbots;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Assistant;

/// <summary>
/// What a chatbot would answer now, for whoever is setting it up: from its real knowledge, by the same path as an answer to a customer.
/// Nothing is stored, nothing is counted, no gap is recorded.
/// </summary>
internal sealed class PreviewAnswer(ReadDb reads, IAnswerer answerer)
{
    /// <summary>Characters of one question, as long as a WhatsApp message may be.</summary>
    public const int MaxText = 4_096;

    /// <summary>Earlier lines that are taken into account.</summary>
    public const int MaxHistory = 20;

    /// <param name="draft">Values that are not saved yet; null = as stored. Ones that could not be saved are refused by the caller.</param>
    /// <returns>Null when the account has no such chatbot.</returns>
    public async Task<Answer?> RunAsync(Guid accountId, Guid chatbotId, string text, IReadOnlyList<HistoryLine> history, ChatbotValues? draft, CancellationToken cancellationToken)
    {
        Chatbot? chatbot;
        await using (var db = reads.Open())
        {
            chatbot = await db.Set<Chatbot>().FirstOrDefaultAsync(c => c.AccountId == accountId && c.Id == chatbotId, cancellationToken);
        }

        if (chatbot is null)
        {
            return null;
        }

        draft?.CopyTo(chatbot);
        return await answerer.AnswerAsync(new Question(accountId, chatbotId, Guid.Empty, text, [.. history.TakeLast(MaxHistory)], chatbot), cancellationToken);
    }
}
