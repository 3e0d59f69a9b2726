using AiBotKit.Assistant;
using AiBotKit.Conversations;
using AiBotKit.Durability;

namespace AiBotKit.Tests.Faults.Crashes;

/// <summary>A model that repeats the tags of the question: from an accepted text one can tell which messages it answers.</summary>
internal sealed class SimAnswerer(World world, FaultPoints faults) : IAnswerer
{
    public async Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken)
    {
        faults.Reach(FaultPoint.R1Retrieved);
        faults.Reach(FaultPoint.R2PromptBuilt);
        faults.Reach(FaultPoint.R3ModelConnected);
        await Task.Delay(TimeSpan.FromMilliseconds(world.Random.Next(50, 3000)), world.Clock, cancellationToken);
        faults.Reach(FaultPoint.R4FirstToken);
        faults.Reach(FaultPoint.R5MidStream);
        await Task.Yield();
        faults.Reach(FaultPoint.R6TextComplete);
        return new Answer(AnswerKind.Model, "re " + question.Text.Replace('\n', ' '), [], new AnswerTrace());
    }
}

/// <summary>The provider with its faults, and the channel in front of it.</summary>
internal sealed class SimChannel(World world) : ISendChannel, IChannel
{
    public IReadOnlyList<string> Render(string markdown) => markdown.Length == 0 ? [] : [markdown];

    public void AnswerIsComing(Guid connectionId, string providerMessageId)
    {
    }

    public void WasRead(Guid connectionId, string providerMessageId)
    {
    }

    public async Task<SendOutcome> SendAsync(ClaimedSend send, SendProgress progress, CancellationToken cancellationToken)
    {
        var customer = world.Customers.Single(c => c.Tenant.ConnectionId == send.ConnectionId && c.Phone == send.Recipient);
        if (world.Off.Contains(customer))
        {
            world.Violations.Add($"an AI send began after the answered AI-off of {customer}: {send.Text}");
        }

        await Task.Yield();
        if (!await progress.BeginAsync())
        {
            return new SendOutcome.Rejected(RejectionKind.Retry, null, "overtaken");
        }

        progress.HeadersSent();
        progress.BodyWritten();
        var fault = world.FaultsOn ? world.Random.Next(24) : 99;
        if (fault is 0 or 1)
        {
            await DelayAsync();
            return new SendOutcome.Rejected(fault == 0 ? RejectionKind.Retry : RejectionKind.WaitPair, 131016, "busy");
        }

        if (fault == 2)
        {
            await DelayAsync();
            return new SendOutcome.Ambiguous("lost on the way");
        }

        var id = world.Accept(customer, send.Key, send.Text);
        progress.Answered();
        await DelayAsync();
        return fault switch
        {
            3 => new SendOutcome.Ambiguous("time-out after acceptance"),
            4 => new SendOutcome.Accepted(null),
            _ => new SendOutcome.Accepted(id),
        };
    }

    private Task DelayAsync() => Task.Delay(TimeSpan.FromMilliseconds(world.Random.Next(10, 800)), world.Clock);
}
