using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Chatbots;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>How a sign-up ended.</summary>
/// <param name="Migration">The number has to be moved from another provider first; the same sign-up may be asked again.</param>
internal sealed record CompletedSignup(Guid? ConnectionId, ConnectionRefusal? Refusal, MigrationAdvice? Migration = null);

/// <summary>
/// Finishes a sign-up: takes its state, exchanges it at the provider, proves that the key owns the number, stores the connection, registers the callback and asks for
/// a test event. The state is taken before the exchange and given back only when nothing came of it, so that two that finish at once get one connection.
/// </summary>
internal sealed class CompleteSignup(ReadDb reads, IDataWriter writer, OnboardingClient client, ConnectNumber connect, TestLoop loop, WhatsAppOptions options, TimeProvider time)
{
    private static readonly ConnectionRefusal NoSuchState = new(
        StatusCodes.Status409Conflict, "signup_state_invalid", "This sign-up is over: it was used, it is older than 30 minutes, or it was opened by somebody else or for another chatbot. Start it again.");

    /// <returns>Null when the account has no such chatbot.</returns>
    public async Task<CompletedSignup?> RunAsync(Guid accountId, Guid chatbotId, string state, Actor by, CancellationToken cancellationToken)
    {
        await using (var db = reads.Open())
        {
            if (!await db.Set<Chatbot>().AnyAsync(b => b.Id == chatbotId && b.AccountId == accountId, cancellationToken))
            {
                return null;
            }
        }

        var hash = SignupState.HashOf(state);
        if (options.Onboarding is not { BaseUrl: { } page, PartnerKey: { } partnerKey } || !await TakeAsync(accountId, chatbotId, hash, by))
        {
            return new(null, NoSuchState);
        }

        var isOver = false;
        try
        {
            var answer = await client.CompleteAsync(page, partnerKey, state, cancellationToken);
            if (answer.Failure is { } failure)
            {
                return MigrationRules.Of(failure.Code) is { } migration
                    ? new(null, new(StatusCodes.Status409Conflict, "migration_required", $"{migration.Cause} {migration.Todo}"), migration)
                    : new(null, Refusal(failure));
            }

            isOver = true;
            var grant = answer.Value!;
            var wanted = new NumberToConnect(ProviderKind.Pinnacle, null, grant.WabaId, grant.PhoneNumberId, grant.DisplayPhone ?? "", grant.Key.Reveal());
            var outcome = await connect.RunAsync(accountId, chatbotId, wanted, inPlace: true, by, cancellationToken);
            if (outcome is not { ConnectionId: { } id })
            {
                return new(null, outcome?.Refusal ?? NoSuchState);
            }

            await loop.AskAsync(accountId, id, cancellationToken);
            return new(id, null);
        }
        finally
        {
            if (!isOver)
            {
                await writer.SaveAsync(db =>
                {
                    if (db.Set<SignupState>().FirstOrDefault(s => s.Hash == hash) is { } row)
                    {
                        row.UsedAt = null;
                    }
                });
            }
        }
    }

    private static ConnectionRefusal Refusal(ProviderFailure failure) => failure.Kind is RejectionKind.ConnectionBroken
        ? new(StatusCodes.Status409Conflict, "signup_not_configured", "The provider does not accept the partner key of this server. The operator has to set WhatsApp:Onboarding:PartnerKey.")
        : failure.Kind is RejectionKind.Final or RejectionKind.OwnerNeeded
            ? new(StatusCodes.Status409Conflict, "signup_not_finished", "The provider does not know this sign-up as finished. Go through its last step, then try again.")
            : new(StatusCodes.Status502BadGateway, "provider_unreachable", $"The provider could not be asked for the number. {failure.Reason} Try again in a moment.");

    private Task<bool> TakeAsync(Guid accountId, Guid chatbotId, byte[] hash, Actor by)
    {
        var now = time.GetUtcNow();
        return writer.SaveAsync(db =>
        {
            var row = db.Set<SignupState>().FirstOrDefault(s => s.Hash == hash);
            if (row is null || row.AccountId != accountId || row.ChatbotId != chatbotId || row.PersonId != by.Id || row.UsedAt is not null || row.ExpiresAt <= now)
            {
                return false;
            }

            row.UsedAt = now;
            return true;
        });
    }
}
