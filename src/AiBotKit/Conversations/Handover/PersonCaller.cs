using System.Globalization;
using System.Text;
using AiBotKit.Accounts;
using AiBotKit.Accounts.Plans;
using AiBotKit.Assistant;
using AiBotKit.Conversations.Drafts;
using AiBotKit.Durability;
using AiBotKit.Durability.Mails;

namespace AiBotKit.Conversations.Handover;

/// <summary>What a turn needs to call a person. A seam: the crash simulator calls nobody by mail.</summary>
internal interface IPersonCaller
{
    /// <summary>The owner's settings as far as the account's plan allows them. A customer who asks for a person, or whom the model leaves to one, gets one on every plan.</summary>
    HandoverTerms TermsOf(TurnSnapshot turn);

    /// <summary>What is to be stored with the turn that tells the customer.</summary>
    HandoverAct Prepare(TurnSnapshot turn, HandoverReason reason, DateTimeOffset now);

    /// <summary>After the commit.</summary>
    void Wake(HandoverAct act);
}

/// <summary>Why a person is called.</summary>
internal enum HandoverReason
{
    /// <summary>The customer asked for one.</summary>
    Asked,

    /// <summary>Too many unanswered questions in a row.</summary>
    Unanswered,

    /// <summary>The model said that this is for a person.</summary>
    Judged,
}

/// <inheritdoc />
internal sealed class PersonCaller(MailOutbox mails, PublicAddress address, PlanCatalogue plans) : IPersonCaller
{
    private const int LinesInMail = 12;
    private const int LineInMail = 500;

    public HandoverTerms TermsOf(TurnSnapshot turn) => plans.Of(turn.Handover.Plan).Allows(PlanFeature.Handover)
        ? turn.Handover
        : turn.Handover with { Words = "", AfterUnanswered = null, Message = "", OpeningHours = "", Mails = "" };

    public HandoverAct Prepare(TurnSnapshot turn, HandoverReason reason, DateTimeOffset now)
    {
        var terms = turn.Handover;
        var who = terms.ContactName ?? terms.SessionId;
        var why = reason switch
        {
            HandoverReason.Asked => "The customer asked for a person",
            HandoverReason.Unanswered => $"The AI did not know the answer {terms.UnansweredInARow + 1} times in a row",
            _ => "The AI left this to a person",
        };
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{why}.\n\nCustomer: {who}\nSession: {terms.SessionId}\n{Summary(turn, reason)}\nThe conversation so far:\n");
        foreach (var line in turn.History.Concat(turn.Unanswered).TakeLast(LinesInMail))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {Speaker(line.Role)}: {TextRules.Cut(line.Text.ReplaceLineEndings(" "), LineInMail)}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"\nAnswer here:\n{address.Of($"/conversations/{turn.ConversationId}")}\n\nThe customer was told that a person answers. WhatsApp allows free text for 24 hours after the customer's last message.\n");
        var subject = $"A person is wanted: {string.Concat(who.Where(c => !char.IsControl(c)))}";
        return new HandoverAct(
            Reasons.Word(reason),
            why,
            [.. terms.Mails.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(to => mails.Prepare(turn.AccountId, to, subject, text.ToString(), now, turn.ConversationId))]);
    }

    public void Wake(HandoverAct act)
    {
        if (act.Mails.Count > 0)
        {
            mails.Wake();
        }
    }

    /// <summary>What the dashboard says as well, as far as it is not in the mail already.</summary>
    private static string Summary(TurnSnapshot turn, HandoverReason reason)
    {
        List<SaidLine> said =
        [
            .. turn.History.Select(m => Line(m, false)),
            .. turn.Unanswered.Select(m => Line(m, reason == HandoverReason.Unanswered)),
        ];
        var (asked, unanswered) = SummaryRules.Asked(said);
        var lines = SummaryRules.Lines(new SummaryFacts(null, null, asked, unanswered, null, []));
        return lines.Count == 0 ? "" : $"\nIn short:\n{string.Concat(lines.Select(line => $"  {line}\n"))}";

        SaidLine Line(TurnMessage m, bool open) => new(
            m.Seq, m.Role, m.Type, m.Text, m.At, m.Role == MessageRole.Customer, null, open ? "handover" : null, m.Role == MessageRole.Customer && HandoverWords.Find([m.Text], turn.Handover.Languages, turn.Handover.Words) is not null);
    }

    private static string Speaker(MessageRole role) => role switch { MessageRole.Customer => "Customer", MessageRole.Owner => "Team", _ => "AI" };
}

/// <summary>The stored words of the reasons.</summary>
internal static class Reasons
{
    public static string Word(HandoverReason reason) => reason switch { HandoverReason.Asked => "asked", HandoverReason.Unanswered => "unanswered", _ => "judged" };
}
