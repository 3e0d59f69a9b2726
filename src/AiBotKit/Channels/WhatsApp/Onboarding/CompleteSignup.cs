using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Chatbots;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>How a sign-up ended.</summary>
/// <param name="Loop">What is known of the way from the provider to us.</param>
/// <param name="Migration">The number has to be moved from another provider first; the same sign-up may be asked again.</param>
internal sealed record CompletedSignup(Guid? ConnectionId, ConnectionRefusal? Refusal, MigrationAdvice? Migration = null, LoopState Loop = LoopState.Failed);

/// <summary>
/// Finishes a sign-up: exchanges its state at the provider, proves that the key owns the number, stores the connection, registers the callback and asks for a test
/// event. The state is used up by a connection and by nothing else: what was exchanged is kept until then, so that whatever failed after it is only tried again. One
/// at a time, so that two that finish at once get one connection; and once begun it runs to its end, whoever goes away.
/// </summary>
internal sealed class CompleteSignup(ReadDb reads, IDataWriter writer, OnboardingClient client, SignupGrants grants, ConnectNumber connect, TestLoop loop, WhatsAppOptions options, TimeProvider time)
{
    private static readonly ConnectionRefusal NoSuchState = new(
        StatusCodes.Status409Conflict, "signup_state_invalid", "This sign-up is over: it was used, it is older than 30 minutes, or it was opened by somebody else or for another chatbot. Start it again.");

    private static readonly ConnectionRefusal UnderWay = new(
        StatusCodes.Status409Conflict, "signup_under_way", "This sign-up is being finished at this moment. Wait for it; the card of the chatbot shows how it ended.");

    private static readonly ConnectionRefusal WrongGrant = new(
        StatusCodes.Status422UnprocessableEntity, "key_does_not_own_number", "The provider gave a key that does not own this number, so nothing was connected. Start the sign-up again; if it stays, connect the number by its API key, and tell the provider.");

    private static readonly ConnectionRefusal RefusedGrant = new(
        StatusCodes.Status422UnprocessableEntity, "key_refused", "The provider gave a key and does not accept it, so nothing was connected. Try again in a moment; if it stays, start the sign-up again or connect the number by its API key.");

    /// <param name="cancellationToken">Counts until the provider is asked.</param>
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
        if (!grants.TryBegin(hash))
        {
            return new(null, UnderWay);
        }

        try
        {
            return options.Onboarding is { BaseUrl: { } page, PartnerKey: { } partnerKey } && await OpenAsync(accountId, chatbotId, hash, by, cancellationToken) is { } open
                ? await FinishAsync(open, page, partnerKey, state, by)
                : new(null, NoSuchState);
        }
        finally
        {
            grants.End(hash);
        }
    }

    private async Task<CompletedSignup> FinishAsync(SignupState open, Uri page, string partnerKey, string state, Actor by)
    {
        var grant = grants.Find(open.Hash);
        if (grant is null)
        {
            var answer = await client.CompleteAsync(page, partnerKey, state, CancellationToken.None);
            if (answer.Failure is { } failure)
            {
                return MigrationRules.Of(failure.Code) is { } migration
                    ? new(null, new(StatusCodes.Status409Conflict, "migration_required", $"{migration.Cause} {migration.Todo}"), migration)
                    : new(null, Refusal(failure));
            }

            grant = answer.Value!;
            grants.Keep(open.Hash, grant, open.ExpiresAt);
        }

        var wanted = new NumberToConnect(ProviderKind.Pinnacle, null, grant.WabaId, grant.PhoneNumberId, grant.DisplayPhone ?? "", grant.Key.Reveal());
        var outcome = await connect.RunAsync(open.AccountId, open.ChatbotId, wanted, inPlace: true, by, CancellationToken.None);
        if (outcome is not { ConnectionId: { } id })
        {
            return new(null, outcome?.Refusal switch
            {
                null => NoSuchState,
                { Code: "key_does_not_own_number" } => WrongGrant,
                { Code: "key_refused" } => RefusedGrant,
                var refusal => refusal,
            });
        }

        var way = LoopState.Failed;
        try
        {
            var now = time.GetUtcNow();
            await writer.SaveAsync(db =>
            {
                if (db.Set<SignupState>().FirstOrDefault(s => s.Hash == open.Hash && s.AccountId == open.AccountId) is { } row)
                {
                    row.UsedAt = now;
                }
            });
            way = await loop.AskAsync(open.AccountId, id, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // The number is connected; the provider knows the state as used, and the doctor asks for a test event again.
        }

        grants.Forget(open.Hash);
        return new(id, null, Loop: way);
    }

    private static ConnectionRefusal Refusal(ProviderFailure failure) => failure.Kind is RejectionKind.ConnectionBroken
        ? new(StatusCodes.Status409Conflict, "signup_not_configured", "The provider does not accept the partner key of this server. The operator has to set WhatsApp:Onboarding:PartnerKey.")
        : failure.Kind is RejectionKind.Final or RejectionKind.OwnerNeeded
            ? new(StatusCodes.Status409Conflict, "signup_not_finished", "The provider does not know this sign-up as finished. Go through its last step, then try again.")
            : new(StatusCodes.Status502BadGateway, "provider_unreachable", $"The provider could not be asked for the number. {failure.Reason} Try again in a moment.");

    /// <summary>The sign-up of this state when it is this person's, for this chatbot, not used and not over.</summary>
    private async Task<SignupState?> OpenAsync(Guid accountId, Guid chatbotId, byte[] hash, Actor by, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = reads.Open();
        var row = await db.Set<SignupState>().FirstOrDefaultAsync(s => s.Hash == hash && s.AccountId == accountId && s.ChatbotId == chatbotId, cancellationToken);
        return row is { UsedAt: null } && row.PersonId == by.Id && row.ExpiresAt > now ? row : null;
    }
}
