using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations;

/// <summary>
/// A person has a dead letter processed again: what came by webhook is parsed and stored as if it came now, with its own time and its own
/// message key; a turn is made due again. It acts once, and nothing is stored or answered twice.
/// </summary>
internal sealed class ReplayDeadLetter(ReadDb reads, DeadLetterReader readAgain, DeadLetterReplays replays, ConversationsOptions options, TimeProvider time)
{
    /// <summary>Null when the caller has no dead letter with this id.</summary>
    public async Task<ReplayAnswer?> RunAsync(Guid accountId, bool isOperator, Guid id, Actor by, CancellationToken cancellationToken)
    {
        DeadLetter? letter;
        await using (var db = reads.Open())
        {
            letter = await ListDeadLetters.Of(db, accountId, isOperator).FirstOrDefaultAsync(d => d.Id == id, cancellationToken);
        }

        var note = new AuditNote(letter?.AccountId ?? accountId, by, AuditActs.DeadLetterReplayed, "dead_letter", id.ToString());
        return letter switch
        {
            null => null,
            { ReplayedAt: not null } => ReplayRules.Answer(ReplayVerdict.AlreadyReplayed),
            { Kind: "turn" } => ReplayRules.Answer(await replays.TurnAsync(id, time.GetUtcNow() - options.StaleAfter, note, time.GetUtcNow())),
            _ => await ReplayItemsAsync(letter, note),
        };
    }

    private async Task<ReplayAnswer> ReplayItemsAsync(DeadLetter letter, AuditNote note)
    {
        var arrivals = readAgain(letter);
        if (ReplayRules.WhyUnusable(letter.Raw is not null, arrivals) is { } reason)
        {
            return ReplayRules.Unusable(reason);
        }

        var (quiet, stale) = (options.Quiet, options.StaleAfter);
        return ReplayRules.Answer(await replays.ItemsAsync(letter.Id, letter.AccountId, arrivals, arrival => ArrivalRules.Decide(arrival, quiet, stale), note, time.GetUtcNow()));
    }
}
