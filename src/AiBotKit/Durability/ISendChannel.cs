namespace AiBotKit.Durability;

/// <summary>Hands a claimed row to the provider of its connection. The product's seam to the outside (one implementation per channel, one in the simulator).</summary>
internal interface ISendChannel
{
    /// <param name="bodyWritten">To be called when the last byte of the request has been handed to the socket: from then on nothing can be taken back.</param>
    /// <returns>Never throws for what the other side does.</returns>
    Task<SendOutcome> SendAsync(ClaimedSend send, Action bodyWritten, CancellationToken cancellationToken);
}
