using AiBotKit.Accounts.Plans;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Chatbots;

/// <summary>A person changes a chatbot; the next answer already follows it.</summary>
internal sealed class ChangeChatbot(IDataWriter writer, ChatbotProfiles profiles, PlanGate plans, TimeProvider time)
{
    /// <param name="change">Makes the new values of the stored ones; it can run twice and touches nothing else.</param>
    public async Task<ChatbotChange> RunAsync(Guid accountId, Guid chatbotId, Func<ChatbotValues, ChatbotValues> change, Actor by)
    {
        var now = time.GetUtcNow();
        var done = await writer.SaveAsync<ChatbotChange>(db =>
        {
            var chatbot = db.Set<Chatbot>().AsTracking().FirstOrDefault(c => c.AccountId == accountId && c.Id == chatbotId);
            if (chatbot is null)
            {
                return new ChatbotChange.NotFound();
            }

            var before = ChatbotValues.Of(chatbot);
            var values = ChatbotRules.Clean(change(before));
            if (ChatbotRules.Problem(values) is var (field, sentence))
            {
                return new ChatbotChange.Invalid(field, sentence);
            }

            // Words of before a smaller plan go on protecting, and can be taken away.
            if (values.BannedWords.Length > 0 && values.BannedWords != before.BannedWords && plans.Require(db, accountId, PlanFeature.Security) is { } locked)
            {
                return new ChatbotChange.NotInPlan(locked);
            }

            if (values.Name != before.Name && db.Set<Chatbot>().Any(c => c.AccountId == accountId && c.Name == values.Name && c.Id != chatbotId))
            {
                return new ChatbotChange.NameTaken();
            }

            if (values != before)
            {
                values.CopyTo(chatbot);
                chatbot.ChangedAt = now;
                AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.ChatbotChanged, "chatbot", chatbotId.ToString(), values.Name), now);
            }

            return new ChatbotChange.Done(chatbot);
        });
        profiles.Forget(accountId, chatbotId);
        return done;
    }
}
