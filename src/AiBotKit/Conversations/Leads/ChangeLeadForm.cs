using System.Text.Json;
using AiBotKit.Accounts.Plans;
using AiBotKit.Chatbots;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Leads;

/// <summary>What became of a change of a lead form.</summary>
internal abstract record LeadFormChange
{
    private LeadFormChange()
    {
    }

    internal sealed record Done(LeadFormValues Values) : LeadFormChange;

    internal sealed record NotFound : LeadFormChange;

    internal sealed record Invalid(string Field, string Sentence) : LeadFormChange;

    /// <summary>Mails are not part of the plan.</summary>
    internal sealed record NotInPlan(PlanProblem Problem) : LeadFormChange;
}

/// <summary>An owner sets the lead form of a chatbot; the next turn follows it. A talk that is under way goes on with what it still has to ask.</summary>
internal sealed class ChangeLeadForm(IDataWriter writer, PlanGate plans, TimeProvider time)
{
    public Task<LeadFormChange> RunAsync(Guid accountId, Guid chatbotId, LeadFormValues wanted, Actor by)
    {
        var values = LeadFormRules.Clean(wanted);
        if (LeadFormRules.Problem(values) is var (field, sentence))
        {
            return Task.FromResult<LeadFormChange>(new LeadFormChange.Invalid(field, sentence));
        }

        var now = time.GetUtcNow();
        return writer.SaveAsync<LeadFormChange>(db =>
        {
            if (db.Set<Chatbot>().FirstOrDefault(c => c.AccountId == accountId && c.Id == chatbotId) is not { } chatbot)
            {
                return new LeadFormChange.NotFound();
            }

            var form = db.Set<LeadForm>().AsTracking().FirstOrDefault(f => f.AccountId == accountId && f.ChatbotId == chatbotId);
            var before = ReadLeadForm.Values(form);
            if (values.Notify && !before.Notify && plans.Require(db, accountId, PlanFeature.LeadEmail) is { } problem)
            {
                return new LeadFormChange.NotInPlan(problem);
            }

            if (values.Means(before) && form is not null)
            {
                return new LeadFormChange.Done(values);
            }

            var settings = JsonSerializer.Serialize(values, LeadJson.Default.LeadFormValues);
            if (form is null)
            {
                form = new LeadForm { ChatbotId = chatbotId, AccountId = accountId, Settings = settings };
                db.Add(form);
            }

            (form.Enabled, form.Settings, form.ChangedAt) = (values.Enabled, settings, now);
            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.LeadFormChanged, "chatbot", chatbotId.ToString(), chatbot.Name), now);
            return new LeadFormChange.Done(values);
        });
    }
}
