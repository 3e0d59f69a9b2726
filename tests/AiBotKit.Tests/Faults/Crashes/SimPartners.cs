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
    /// <summary>Every third answer is two bubbles long.</summary>
    public IReadOnlyList<string> Render(string markdown) => markdown.Length == 0 ? [] : world.Random.Next(3) == 0 ? [markdown, markdown + " (2)"] : [markdown];

    public IReadOnlyList<string> AsWritten(string text) => Render(text);

    public string? AsTyped(string text) => text;

    public void AnswerIsComing(Guid connectionId, string providerMessageId)
    {
    }

    public void WasRead(Guid connectionId, string providerMessageId)
    {
    }

    public async Task<SendOutcome> SendAsync(ClaimedSend send, SendProgress progress, CancellationToken cancellationToken)
    {
        var customer = world.Who(send.ConnectionId, send.Recipient);
        Forbid(customer, send.Text);
        await ConnectAsync();
        if (!await progress.BeginAsync())
        {
            return new SendOutcome.Rejected(RejectionKind.Withdrawn, null, "overtaken");
        }

        Forbid(customer, send.Text);
        progress.HeadersSent();
        progress.BodyWritten();
        var fault = world.FaultsOn ? world.Random.Next(48) : 99;
        if (Rejection(fault) is { } rejection)
        {
            await DelayAsync();
            return rejection;
        }

        if (fault is 0 or 1)
        {
            await DelayAsync();
            return new SendOutcome.Ambiguous("lost on the way");
        }

        var id = world.Accept(customer, send.Recipient, send.Key, send.Text, fault switch { 2 => 131026, 3 => 131047, 4 => 131049, _ => null });
        progress.Answered();
        await DelayAsync();
        return fault switch
        {
            5 or 6 => new SendOutcome.Ambiguous("time-out after acceptance"),
            7 or 8 => new SendOutcome.Accepted(null),
            _ => new SendOutcome.Accepted(id),
        };
    }

    private static SendOutcome.Rejected? Rejection(int fault) => fault switch
    {
        20 or 21 => new(RejectionKind.Retry, 131016, "busy"),
        22 or 23 => new(RejectionKind.WaitPair, 131056, "too many to this customer"),
        24 => new(RejectionKind.WaitConnection, 130429, "too many"),
        25 => new(RejectionKind.WindowClosed, 131047, "window closed"),
        26 => new(RejectionKind.Final, 131026, "undeliverable"),
        27 => new(RejectionKind.ConnectionBroken, 190, "token expired"),
        _ => null,
    };

    private void Forbid(Customer customer, string text)
    {
        if (world.Off.Contains(customer) && !PersonSaid.Is(text))
        {
            world.Violations.Add($"an AI send began after the answered AI-off of {customer}: {text}");
        }

        if (world.Paused.Contains(customer.Tenant))
        {
            world.Violations.Add($"a send began after the answered disabling of connection {customer.Tenant.Name}: {text}");
        }
    }

    /// <summary>Now and then longer than the send gate is held.</summary>
    private Task ConnectAsync() =>
        world.Random.Next(10) == 0 ? Task.Delay(TimeSpan.FromMilliseconds(world.Random.Next(500, 5000)), world.Clock) : Task.Delay(TimeSpan.FromMilliseconds(1), world.Clock);

    private Task DelayAsync() => Task.Delay(TimeSpan.FromMilliseconds(world.Random.Next(10, 800)), world.Clock);
}
