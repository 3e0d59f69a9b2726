using AiBotKit.Accounts.Plans;
using AiBotKit.Chatbots;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Handover;

/// <summary>A person changes when a chatbot calls a person; the next message already follows it.</summary>
internal sealed class ChangeHandover(IDataWriter writer, PlanGate gate, TimeProvider time)
{
    public async Task<HandoverChange> RunAsync(Guid accountId, Guid chatbotId, HandoverValues values, Actor by)
    {
        var now = time.GetUtcNow();
        values = HandoverRules.Clean(values);
        return await writer.SaveAsync<HandoverChange>(db =>
        {
            if (db.Set<Chatbot>().FirstOrDefault(c => c.AccountId == accountId && c.Id == chatbotId) is not { } chatbot)
            {
                return new HandoverChange.NotFound();
            }

            if (gate.Require(db, accountId, PlanFeature.Handover) is { } problem)
            {
                return new HandoverChange.NotInPlan(problem);
            }

            if (HandoverRules.Problem(values) is var (field, sentence))
            {
                return new HandoverChange.Invalid(field, sentence);
            }

            var stored = db.Set<HandoverSettings>().AsTracking().FirstOrDefault(h => h.AccountId == accountId && h.ChatbotId == chatbotId);
            if (values != HandoverValues.Of(stored))
            {
                if (stored is null)
                {
                    stored = new HandoverSettings { ChatbotId = chatbotId, AccountId = accountId };
                    db.Add(stored);
                }

                values.CopyTo(stored);
                AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.HandoverChanged, "chatbot", chatbotId.ToString(), chatbot.Name), now);
            }

            return new HandoverChange.Done(values);
        });
    }
}

/// <summary>What became of a change.</summary>
internal abstract record HandoverChange
{
    private HandoverChange()
    {
    }

    internal sealed record Done(HandoverValues Values) : HandoverChange;

    internal sealed record NotFound : HandoverChange;

    internal sealed record NotInPlan(PlanProblem Problem) : HandoverChange;

    internal sealed record Invalid(string Field, string Sentence) : HandoverChange;
}
