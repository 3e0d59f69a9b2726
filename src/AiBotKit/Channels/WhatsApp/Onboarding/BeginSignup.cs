using AiBotKit.Accounts;
using AiBotKit.Accounts.Plans;
using AiBotKit.Chatbots;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>An opened sign-up.</summary>
/// <param name="Url">Of the page to show in a frame.</param>
internal sealed record OpenSignup(Uri Url, string State, DateTimeOffset ExpiresAt);

/// <summary>The opened sign-up, or why there is none.</summary>
internal sealed record SignupOutcome(OpenSignup? Signup, ConnectionRefusal? Refusal);

/// <summary>Opens the provider's embedded sign-up for a chatbot: makes its one-time state, bound to the person and the chatbot, and the address of the page (wire facts 1.3).</summary>
internal sealed class BeginSignup(ReadDb reads, IDataWriter writer, PlanGate plans, WhatsAppOptions options, CallbackAddress address, AccountsOptions accounts, TimeProvider time)
{
    /// <param name="origin">Of our own page, which the sign-up speaks to; null: the public address.</param>
    /// <returns>Null when the account has no such chatbot.</returns>
    public async Task<SignupOutcome?> RunAsync(Guid accountId, Guid chatbotId, Uri? origin, Actor by, CancellationToken cancellationToken)
    {
        await using (var db = reads.Open())
        {
            if (!await db.Set<Chatbot>().AnyAsync(b => b.Id == chatbotId && b.AccountId == accountId, cancellationToken))
            {
                return null;
            }

            if (await plans.RequireAsync(accountId, PlanFeature.Channels, cancellationToken) is { } plan)
            {
                return new(null, ConnectionRefusal.Of(plan));
            }

            var live = await db.Set<Connection>().FirstOrDefaultAsync(c => c.ChatbotId == chatbotId && c.AccountId == accountId && c.Channel == SeedConnections.WhatsApp && c.DisconnectedAt == null, cancellationToken);
            if (live is { BrokenReason: null })
            {
                return new(null, ConnectionRefusal.ChatbotTaken);
            }
        }

        var onboarding = options.Onboarding;
        if (onboarding is not { BaseUrl: { } page, PartnerKey: not null })
        {
            return new(null, new(
                StatusCodes.Status409Conflict, "signup_not_configured", "The embedded sign-up is not set up on this server: WhatsApp:Onboarding needs BaseUrl, PartnerId and PartnerKey. A number can be connected by its API key without it."));
        }

        if (address.For(options.DefaultAddress(Providers.ProviderKind.Pinnacle), null) is null)
        {
            return new(null, ConnectionRefusal.NoPublicUrl);
        }

        var now = time.GetUtcNow();
        var state = SignupState.NewState();
        var row = new SignupState { Id = Guid.CreateVersion7(now), AccountId = accountId, ChatbotId = chatbotId, PersonId = by.Id, Hash = SignupState.HashOf(state), ExpiresAt = now + SignupState.Life };
        await writer.SaveAsync(db =>
        {
            db.Set<SignupState>().RemoveRange(db.Set<SignupState>().Where(s => s.AccountId == accountId && (s.ExpiresAt < now || s.UsedAt != null)));
            db.Add(row);
            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.SignupOpened, "chatbot", chatbotId.ToString()), now);
        });
        var ours = (accounts.PublicUrl ?? origin)?.GetLeftPart(UriPartial.Authority) ?? "";
        if (origin is not null)
        {
            ours = origin.GetLeftPart(UriPartial.Authority);
        }

        var url = new Uri($"{page.AbsoluteUri.TrimEnd('/')}/embedded-signup?partner_id={Uri.EscapeDataString(onboarding.PartnerId)}&state={state}&origin={Uri.EscapeDataString(ours)}");
        return new(new OpenSignup(url, state, row.ExpiresAt), null);
    }
}
