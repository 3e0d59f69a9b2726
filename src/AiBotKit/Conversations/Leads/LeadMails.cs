using System.Globalization;
using System.Text;
using AiBotKit.Accounts;
using AiBotKit.Accounts.Plans;
using AiBotKit.Chatbots;
using AiBotKit.Durability;
using AiBotKit.Durability.Mails;

namespace AiBotKit.Conversations.Leads;

/// <summary>
/// The mails about a new lead: details, consent, the conversation so far, where it is read. Plain text. Prepared before the turn's commit and stored by
/// it, so that there is one for each recipient, or none when the turn is not committed.
/// </summary>
internal sealed class LeadMails(PlanGate plans, MailOutbox outbox, PublicAddress address)
{
    /// <summary>Empty when the owner does not want them, or the plan does not have them.</summary>
    public async Task<IReadOnlyList<StoredMail>> PrepareAsync(TurnSnapshot turn, LeadFormValues form, LeadState lead, Chatbot? chatbot, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!form.Notify || form.Recipients.Count == 0 || await plans.RequireAsync(turn.AccountId, PlanFeature.LeadEmail, cancellationToken) is not null)
        {
            return [];
        }

        var subject = $"New lead: {MailTexts.OneLine(lead.Name ?? lead.Email ?? lead.Phone ?? "no name")} ({MailTexts.OneLine(chatbot?.Name ?? "chatbot")})";
        var text = Text(turn, lead, chatbot, address.Of($"/conversations/{turn.ConversationId}"));
        return [.. form.Recipients.Select(to => outbox.Prepare(turn.AccountId, to, subject, text, now, turn.ConversationId))];
    }

    public void Wake() => outbox.Wake();

    private static string Text(TurnSnapshot turn, LeadState lead, Chatbot? chatbot, string link)
    {
        var zone = chatbot is not null && TimeZoneInfo.TryFindSystemTimeZoneById(chatbot.TimeZone, out var own) ? own : TimeZoneInfo.Utc;
        var text = new StringBuilder();
        Line("Name", lead.Name);
        Line("E-mail", lead.Email);
        Line("Phone", lead.Phone);
        foreach (var own2 in lead.Own)
        {
            Line(MailTexts.OneLine(own2.Label), own2.Value.ReplaceLineEndings(" "));
        }

        Line("Consent", lead is { ConsentGiven: true, ConsentAt: { } at } ? $"given {Time(at)} to: {MailTexts.OneLine(lead.ConsentText ?? "")}" : "not asked for");
        text.Append('\n').Append("Conversation: ").Append(link).Append("\n\n");
        text.Append(turn.History.Count >= 20 ? "The latest messages" : "The conversation so far").Append(CultureInfo.InvariantCulture, $" (times of {zone.Id}):\n\n");
        foreach (var message in turn.History.Concat(turn.Unanswered).Where(m => m.Text.Length > 0))
        {
            var who = message.Role switch { MessageRole.Customer => "Customer", MessageRole.Owner => "Team", _ => chatbot?.Name ?? "Chatbot" };
            text.Append(CultureInfo.InvariantCulture, $"{Time(message.At)}  {MailTexts.OneLine(who)}: {message.Text.ReplaceLineEndings("\n    ")}\n");
        }

        return text.ToString();

        void Line(string label, string? value) => text.Append(CultureInfo.InvariantCulture, $"{label}: {value ?? "-"}\n");
        string Time(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
    }
}
