using AiBotKit.Durability;

namespace AiBotKit.Tests.Faults.Crashes;

/// <summary>Sees every commit of an answer and every claim of a send: none may be outside the service window, no answer in its last minute (I6).</summary>
internal sealed class CommitWatch(IMessageStore inner, World world) : Mutant(inner)
{
    public override async Task<TurnResult> CommitTurnAsync(TurnCommit turn)
    {
        var at = world.WindowClock;
        var result = await Inner.CommitTurnAsync(turn);
        if (result == TurnResult.Committed && turn is { Author: SendAuthor.Assistant, Parts.Count: > 0 } && IsTooLate(turn.Snapshot.ConnectionId, turn.Snapshot.Address, at + WindowRules.AiMargin))
        {
            world.Violations.Add($"window: an answer was committed in the last minute of its 24 hours, or later: {turn.Parts[0]}");
        }

        return result;
    }

    public override async Task<SendClaim> ClaimSendAsync(Guid outboxId, DateTimeOffset now)
    {
        var at = world.WindowClock;
        var claim = await Inner.ClaimSendAsync(outboxId, now);
        if (claim.Send is { } send && IsTooLate(send.ConnectionId, send.Recipient, at))
        {
            world.Violations.Add($"window: a send began after its 24 hours: {send.Text}");
        }

        return claim;
    }

    private bool IsTooLate(Guid connectionId, string address, DateTimeOffset at) => !world.IsWindowOpen(world.Who(connectionId, address), at);
}
