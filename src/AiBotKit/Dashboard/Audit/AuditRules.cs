using AiBotKit.Dashboard.Inbox;
using AiBotKit.Dashboard.Shell;
using AiBotKit.Durability.Audit;

namespace AiBotKit.Dashboard.Audit;

/// <summary>One line of the audit trail as a sentence: <c>Who Does Thing After</c>.</summary>
/// <param name="Thing">A name that somebody gave, shown by itself; null when the sentence needs none.</param>
/// <param name="Badge">Initials of a person; null when <paramref name="Icon"/> stands for who it was.</param>
/// <param name="Css"><c>person</c>, <c>fail</c> for a refusal, or empty.</param>
/// <param name="Link">The page of what it was done to; null when there is none.</param>
public sealed record AuditLine(Guid Id, string Who, string Does, string? Thing, string? After, string? Badge, string Icon, string Css, TimeView Time, string? Address, string? Detail, AuditLink? Link)
{
    public bool IsRefusal => Css == "fail";
}

/// <summary>Where a line leads, and what the link is called.</summary>
public sealed record AuditLink(string Href, string Text);

/// <summary>The lines of one day, the latest first.</summary>
public sealed record AuditDay(string Name, IReadOnlyList<AuditLine> Lines);

/// <summary>Turns stored lines into days and sentences.</summary>
internal static class AuditRules
{
    /// <summary>Acts in which somebody did not get what was asked for.</summary>
    public static readonly string[] Refusals = [AuditActs.SignInFailed, AuditActs.SetUpRefused, AuditActs.ApiKeyRefused, AuditActs.AccessDenied, AuditActs.SecondFactorRefused, AuditActs.PasswordResetRefused, AuditActs.EmailChangeRefused, AuditActs.InvitationRefused];

    /// <param name="entries">The latest first.</param>
    public static IReadOnlyList<AuditDay> Days(IReadOnlyList<AuditEntry> entries, DateTimeOffset now, TimeZoneInfo zone)
    {
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        return [.. entries.GroupBy(e => TimeZoneInfo.ConvertTime(e.At, zone).Date).Select(day => new AuditDay(TimeWords.Day(day.Key, today), [.. day.Select(e => Line(e, zone))]))];
    }

    private static AuditLine Line(AuditEntry entry, TimeZoneInfo zone)
    {
        var (does, thing, after) = Sentence(entry);
        var refusal = Refusals.Contains(entry.Act);
        var person = entry is { By: ActorKind.Person, ByName: not null };
        return new AuditLine(
            entry.Id,
            Who(entry),
            does,
            thing,
            after,
            person && !refusal ? Initials.Of(entry.ByName!) : null,
            refusal ? "alert" : entry.By switch { ActorKind.Person => "person", ActorKind.ApiKey => "key", _ => "server" },
            refusal ? "fail" : person ? "person" : "",
            TimeWords.OfDay(entry.At, zone),
            entry.Address,
            thing == entry.Detail || entry.Act == AuditActs.SecretChanged ? null : entry.Detail,
            Link(entry));
    }

    private static string Who(AuditEntry entry) => entry switch
    {
        { Act: AuditActs.ApiKeyRefused } => "A wrong API key",
        { By: ActorKind.ApiKey, ByName: { } name } => $"The API key {name}",
        { By: ActorKind.ApiKey } => "The API key",
        { By: ActorKind.System } => "The server",
        _ => entry.ByName ?? "Somebody",
    };

    private static (string Does, string? Thing, string? After) Sentence(AuditEntry entry) => entry.Act switch
    {
        AuditActs.OwnerCreated => ("made the owner's account and signed in.", null, null),
        AuditActs.SetUpRefused => ("could not make the owner's account.", null, null),
        AuditActs.SignedIn => ("signed in.", null, null),
        AuditActs.SignInFailed => ("could not sign in.", null, null),
        AuditActs.SignedOut => ("signed out.", null, null),
        AuditActs.SessionEnded => ("ended a session.", null, null),
        AuditActs.SessionsEnded => ("ended all other sessions.", null, null),
        AuditActs.SecondFactorOn => ("set up a second factor.", null, null),
        AuditActs.SecondFactorOff when entry.Detail is not null => ("removed the second factor of", entry.Detail, null),
        AuditActs.SecondFactorOff => ("removed the second factor.", null, null),
        AuditActs.SecondFactorRefused => ("gave a wrong code.", null, null),
        AuditActs.RecoveryCodeUsed => ("signed in with a recovery code.", null, null),
        AuditActs.RecoveryCodesRenewed => ("made new recovery codes.", null, null),
        AuditActs.SecondFactorRequired => ("demanded a second factor of everybody.", null, null),
        AuditActs.SecondFactorOptional => ("made the second factor optional.", null, null),
        AuditActs.PasswordChanged => ("changed the password.", null, null),
        AuditActs.PasswordResetAsked => ("asked for a new password.", null, null),
        AuditActs.PasswordResetRefused => ("could not set a new password.", null, null),
        AuditActs.PasswordReset => ("set a new password by the link from the mail.", null, null),
        AuditActs.EmailChangeAsked => ("asked to sign in with", entry.Detail, null),
        AuditActs.EmailChangeRefused => ("could not confirm an e-mail.", null, null),
        AuditActs.EmailChanged => ("signs in with the new e-mail", entry.Detail, null),
        AuditActs.EmailProven => ("confirmed the e-mail", entry.Detail, null),
        AuditActs.EmailYielded => ("gave the unproven e-mail to who proved it, of", entry.Detail, null),
        AuditActs.AccountMade => ("signed up and made the account", entry.Detail, null),
        AuditActs.AccountRenamed => ("renamed the account to", entry.Detail, null),
        AuditActs.PersonInvited => ("invited", entry.Detail, null),
        AuditActs.InvitationRevoked => ("took back the invitation of", entry.Detail, null),
        AuditActs.InvitationRefused => ("could not join by an invitation.", null, null),
        AuditActs.PersonJoined => ("joined as", entry.Detail, null),
        AuditActs.NameChanged => ("took the name", entry.Detail, null),
        AuditActs.RoleChanged => ("changed the role of", entry.Detail, null),
        AuditActs.PersonDeactivated => ("deactivated", entry.Detail, null),
        AuditActs.PersonReactivated => ("activated again", entry.Detail, null),
        AuditActs.ApiKeyMade => ("made the API key", entry.Detail, null),
        AuditActs.ApiKeyRevoked => ("revoked the API key", entry.Detail, null),
        AuditActs.ApiKeyRefused => ("was refused at", entry.AboutId, null),
        AuditActs.AccessDenied => ("was denied", entry.AboutId, null),
        AuditActs.SecretChanged => ("found the secret", entry.AboutId, entry.Detail + " in the configuration."),
        AuditActs.ProviderKeyChanged => ("took over a new provider key for", entry.Detail, null),
        AuditActs.AiRepliesOff => ("switched AI replies off.", null, null),
        AuditActs.TakeoverExtended => ("kept the conversation longer.", null, null),
        AuditActs.AiRepliesOn => ("switched AI replies on.", null, null),
        AuditActs.Seeded => ($"made the {entry.About}", entry.Detail, "from the configuration."),
        AuditActs.Reseeded => ($"overwrote the {entry.About}", entry.Detail, "with the configuration."),
        AuditActs.ChatbotCreated => ("made the chatbot", entry.Detail, null),
        AuditActs.ChatbotChanged => ("changed the chatbot", entry.Detail, null),
        AuditActs.LeadFormChanged => ("changed the lead form of", entry.Detail, null),
        AuditActs.ChatbotDeleted => ("deleted the chatbot", entry.Detail, null),
        AuditActs.HandoverChanged => ("changed when a person is called for", entry.Detail, null),
        AuditActs.ConnectionEnabled => ("switched WhatsApp on for", entry.Detail ?? "a number", null),
        AuditActs.ConnectionDisabled => ("switched WhatsApp off for", entry.Detail ?? "a number", null),
        AuditActs.ConnectionDisconnected => ("disconnected a number and deleted its key.", null, null),
        AuditActs.PlanSet => ("set the plan to", entry.AboutId, null),
        AuditActs.AiMessagesNear => ("noticed that four fifths of the monthly AI messages are used.", null, null),
        AuditActs.AiMessagesUsedUp => ("noticed that the monthly AI messages are used up.", null, null),
        AuditActs.PausedAnswered => ("had what came in during the pause answered.", null, null),
        AuditActs.ConnectionConnected => ("connected the number", entry.Detail, "to a chatbot."),
        AuditActs.WebhookSecretChanged => ("changed the callback secret of", entry.Detail, null),
        AuditActs.SignupOpened => ("opened the sign-up of a WhatsApp number.", null, null),
        AuditActs.ConversationAssigned => entry.Detail is null ? ("took the assignment of a conversation away.", null, null) : ("assigned a conversation to", entry.Detail, null),
        AuditActs.CannedReplySaved => ("wrote the canned reply", entry.Detail, null),
        AuditActs.CannedReplyRemoved => ("removed the canned reply", entry.Detail, null),
        AuditActs.ContactRenamed => ("gave a contact another name.", null, null),
        AuditActs.ContactsMerged => ("merged two contacts.", null, null),
        AuditActs.ContactSplit => ("split a contact.", null, null),
        AuditActs.ContactErased => ("erased a contact and all that was stored of it.", null, null),
        AuditActs.DeadLetterReplayed => ("replayed a dead letter.", null, null),
        AuditActs.KnowledgeRemoved => ("removed", entry.Detail, "from the knowledge."),
        AuditActs.QuarantineReleased => ("released this restored copy: it sends again.", null, null),
        AuditActs.BackupMade => ("made the backup", entry.AboutId, null),
        AuditActs.BackupDownloaded => ("downloaded the backup", entry.AboutId, null),
        var other => ("did", other, null),
    };

    private static AuditLink? Link(AuditEntry entry) => entry.About switch
    {
        "conversation" => new AuditLink($"conversations/{entry.AboutId}", "Conversation"),
        "dead_letter" => new AuditLink("dead-letters", "Dead letters"),
        _ => null,
    };
}
