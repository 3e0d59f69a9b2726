using AiBotKit.PinnacleSimulator.Numbers;

namespace AiBotKit.PinnacleSimulator.Webhooks;

/// <summary>One update that a callback will carry: a message, a status, an echo, a call. Its parts are finished plain JSON.</summary>
internal sealed record WebhookItem
{
    public required BusinessNumber Number { get; init; }

    /// <summary><c>changes[].field</c>.</summary>
    public string Field { get; init; } = "messages";

    /// <summary>Name of the array inside <c>value</c>: messages, statuses, message_echoes, calls.</summary>
    public required string Array { get; init; }

    /// <summary>Keeps the items of one customer in line.</summary>
    public required string Customer { get; init; }

    /// <summary>The <c>contacts[]</c> entry; null for none.</summary>
    public byte[]? Contact { get; init; }

    public required byte[] Json { get; init; }

    /// <summary>The wamid, for the log.</summary>
    public required string Id { get; init; }

    /// <summary>A few words for the log: "text", "status · read".</summary>
    public required string Summary { get; init; }

    public IDeliveryWatcher? Watcher { get; init; }

    /// <summary>The watcher's own number for this item.</summary>
    public int Tag { get; init; }

    /// <summary>Signed with a wrong key for good: an attacker's item, never repeated.</summary>
    public bool Forged { get; init; }
}

/// <summary>Is told how each try to deliver an item ended.</summary>
internal interface IDeliveryWatcher
{
    /// <param name="tag">The item's tag.</param>
    /// <param name="status">HTTP status; 0 for no answer.</param>
    /// <param name="elapsed">How long the answer took.</param>
    void Delivered(int tag, int status, TimeSpan elapsed);
}
