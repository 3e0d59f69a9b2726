using System.Text.Json;
using AiBotKit.Chatbots;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Leads;

/// <summary>Reads the lead form of a chatbot.</summary>
internal sealed class ReadLeadForm(ReadDb reads)
{
    /// <summary>Switched off with its defaults when nobody has set anything; null when the account has no such chatbot.</summary>
    public async Task<LeadFormValues?> RunAsync(Guid accountId, Guid chatbotId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        if (!await db.Set<Chatbot>().AnyAsync(c => c.AccountId == accountId && c.Id == chatbotId, cancellationToken))
        {
            return null;
        }

        var form = await db.Set<LeadForm>().FirstOrDefaultAsync(f => f.AccountId == accountId && f.ChatbotId == chatbotId, cancellationToken);
        return Values(form);
    }

    /// <summary>What a stored form says.</summary>
    internal static LeadFormValues Values(LeadForm? form) => form is null ? LeadFormValues.New : JsonSerializer.Deserialize(form.Settings, LeadJson.Default.LeadFormValues) ?? LeadFormValues.New;
}
