using AiBotKit.Hosting.Paging;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Chatbots;

/// <summary>The chatbots of an account, the latest first.</summary>
internal sealed class ListChatbots(ReadDb reads)
{
    public async Task<Page<ChatbotItem>> RunAsync(Guid accountId, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var rows = await db.Set<Chatbot>().Where(c => c.AccountId == accountId).Paged(page, c => c.CreatedAt, c => c.Id).ToListAsync(cancellationToken);
        return page.Cut(rows, c => c.CreatedAt).Select(ChatbotItem.Of);
    }

    /// <summary>Null when there is none in this account.</summary>
    public async Task<Chatbot?> FindAsync(Guid accountId, Guid chatbotId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await db.Set<Chatbot>().FirstOrDefaultAsync(c => c.AccountId == accountId && c.Id == chatbotId, cancellationToken);
    }
}

/// <summary>One chatbot as the REST API shows it.</summary>
/// <param name="Language">ISO 639-1 code that answers are written in; <c>auto</c> = the customer's own.</param>
/// <param name="TimeZone">IANA name.</param>
/// <param name="BannedWords">One a line; empty = off.</param>
/// <param name="TakeoverHours">Hours without a message of a person after which a takeover ends; 0 = only when it is handed back.</param>
internal sealed record ChatbotItem(
    Guid Id, string Name, string Instructions, ChatbotTone Tone, string Language, string TimeZone, string FallbackMessage, string Disclosure, AnswerScope AnswerScope,
    string BannedWords, string BannedWordsMessage, int TakeoverHours, DateTimeOffset CreatedAt)
{
    public static ChatbotItem Of(Chatbot chatbot) => new(
        chatbot.Id, chatbot.Name, chatbot.Instructions, chatbot.Tone, chatbot.Language ?? ChatbotRules.CustomersLanguage, chatbot.TimeZone, chatbot.FallbackMessage, chatbot.Disclosure, chatbot.AnswerScope,
        chatbot.BannedWords, chatbot.BannedWordsMessage, chatbot.TakeoverHours ?? 0, chatbot.CreatedAt);
}
