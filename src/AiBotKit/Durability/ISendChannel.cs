namespace AiBotKit.Durability;

/// <summary>Hands a claimed row to the provider of its connection. The product's seam to the outside (one implementation per channel, one in the simulator).</summary>
internal interface ISendChannel
{
    /// <param name="progress">Asked before the first byte of the request, and told how far it is.</param>
    /// <returns>Never throws for what the other side does.</returns>
    Task<SendOutcome> SendAsync(ClaimedSend send, SendProgress progress, CancellationToken cancellationToken);
}

/// <summary>How far the request of one hand-over is. This one wants to know nothing and lets everything pass.</summary>
internal class SendProgress
{
    public static SendProgress None { get; } = new();

    /// <summary>The connection is open and no byte of the request has been written. False: none may be, the message was overtaken meanwhile.</summary>
    public virtual Task<bool> BeginAsync() => Task.FromResult(true);

    /// <summary>The head of the request has left; from here on a failure does not mean that nothing was sent.</summary>
    public virtual void HeadersSent()
    {
    }

    /// <summary>The last byte has been handed to the socket: from then on nothing can be taken back. Never called when nothing was sent.</summary>
    public virtual void BodyWritten()
    {
    }

    /// <summary>The provider has answered; its answer has not been looked at yet.</summary>
    public virtual void Answered()
    {
    }
}
