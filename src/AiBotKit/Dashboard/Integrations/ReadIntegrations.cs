using AiBotKit.Accounts.Plans;
using AiBotKit.Channels;
using AiBotKit.Chatbots;
using AiBotKit.Dashboard.Inbox;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Dashboard.Integrations;

/// <summary>The channels of a chatbot.</summary>
/// <param name="Plan">What the account's plan is called.</param>
/// <param name="PlansWithWhatsApp">In words; null when no plan has it.</param>
public sealed record IntegrationsView(Guid Id, string Name, string Plan, string? PlansWithWhatsApp, WhatsAppView WhatsApp);

/// <summary>The WhatsApp channel on its card.</summary>
/// <param name="ConnectionId">Null when there never was one, or when one that is gone cannot come back on this plan.</param>
/// <param name="State">Word of the REST API: <c>connected</c>, <c>paused</c>…</param>
/// <param name="Word">For the chip.</param>
/// <param name="Number">As customers dial it, with a plus; null when it is not known.</param>
/// <param name="Paused">Messages that arrived while it was switched off and that nobody has answered.</param>
/// <param name="Waiting">Replies that wait for the provider to take them.</param>
public sealed record WhatsAppView(
    Guid? ConnectionId, string State, string Word, string Cause, string? Advice, string? Number, string Provider, bool IsOn, PausedView? Paused, int Waiting, TimeView? LastMessage, TimeView? LastReply)
{
    public bool IsLive => ConnectionId is not null && State is not ("disconnected" or "not_connected");
}

/// <param name="Oldest">When the first of them was written.</param>
/// <param name="Answerable">Customers whom one click can still answer.</param>
public sealed record PausedView(int Messages, int Customers, TimeView Oldest, int Answerable);

/// <summary>Reads the channels of a chatbot.</summary>
internal sealed class ReadIntegrations(ReadDb reads, ReadPlan plans, PlanCatalogue catalogue, ReadPaused paused, TimeProvider time)
{
    /// <summary>Null when the account has no such chatbot.</summary>
    public async Task<IntegrationsView?> RunAsync(Guid accountId, Guid chatbotId, TimeZoneInfo zone, bool signupOpen, CancellationToken cancellationToken)
    {
        var plan = await plans.RunAsync(accountId, cancellationToken);
        await using var db = reads.Open();
        var name = await db.Set<Chatbot>().Where(c => c.AccountId == accountId && c.Id == chatbotId).Select(c => c.Name).FirstOrDefaultAsync(cancellationToken);
        if (name is null)
        {
            return null;
        }

        var connection = await db.Set<Connection>().Where(c => c.AccountId == accountId && c.ChatbotId == chatbotId)
            .OrderBy(c => c.DisconnectedAt != null).ThenByDescending(c => c.ConnectedAt).FirstOrDefaultAsync(cancellationToken);
        var status = ConnectionStates.Of(connection, !plan.Allows(PlanFeature.Channels), signupOpen, catalogue.NamesWith(PlanFeature.Channels));
        var now = time.GetUtcNow();
        var (kept, waiting) = connection is { DisconnectedAt: null } live ? (await PausedAsync(accountId, live.Id, now, zone, cancellationToken), await WaitingAsync(db, accountId, live.Id, cancellationToken)) : (null, 0);
        return new IntegrationsView(chatbotId, name, plan.Plan.Title, catalogue.NamesWith(PlanFeature.Channels), new WhatsAppView(
            status.State == ConnectionState.Locked && connection is { DisconnectedAt: not null } ? null : connection?.Id,
            status.Name,
            status.Word,
            status.Cause,
            status.Advice,
            connection?.DisplayPhoneNumber.TrimStart('+') is { Length: > 0 } digits ? InboxRules.Number(digits) : null,
            connection?.Provider == "MetaCloud" ? "Meta" : "Pinnacle",
            connection?.Enabled ?? true,
            kept,
            waiting,
            connection?.LastWebhookAt is { } heard ? TimeWords.Alone(heard, now, zone) : null,
            connection?.LastSendAt is { } sent ? TimeWords.Alone(sent, now, zone) : null));
    }

    private async Task<PausedView?> PausedAsync(Guid accountId, Guid connectionId, DateTimeOffset now, TimeZoneInfo zone, CancellationToken cancellationToken) =>
        await paused.RunAsync(accountId, connectionId, cancellationToken) is { OldestAt: { } oldest } kept
            ? new PausedView(kept.Messages, kept.Customers, TimeWords.Alone(oldest, now, zone), kept.Answerable)
            : null;

    private static Task<int> WaitingAsync(AppDbContext db, Guid accountId, Guid connectionId, CancellationToken cancellationToken) =>
        db.Set<OutboxRow>().CountAsync(o => o.AccountId == accountId && o.ConnectionId == connectionId && o.State == OutboxState.New, cancellationToken);
}
