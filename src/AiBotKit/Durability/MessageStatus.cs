namespace AiBotKit.Durability;

/// <summary>Who said it. Stored as a number: never renumber.</summary>
internal enum MessageRole
{
    Customer = 0,
    Assistant = 1,
    Owner = 2,
    Event = 3,
}

/// <summary>Where a message is on its way. Stored as a number: never renumber.</summary>
internal enum MessageStatus
{
    /// <summary>A customer message or an event: it is here.</summary>
    Received = 0,
    New = 1,
    Sending = 2,

    /// <summary>The provider may or may not have taken it; waiting for a status that tells.</summary>
    Unconfirmed = 3,
    Accepted = 4,
    Sent = 5,
    Delivered = 6,
    Read = 7,
    Played = 8,
    Failed = 9,
    Cancelled = 10,

    /// <summary>A person's reply that waits for the customer's next message (<see cref="HeldReply"/>).</summary>
    Held = 11,
}
