using AiBotKit.PinnacleSimulator.Numbers;

namespace AiBotKit.PinnacleSimulator.Webhooks;

/// <summary>One callback: bytes that are made and signed once and repeated unchanged until they are answered with 200.</summary>
internal sealed class Delivery
{
    public required WebhookTarget Target { get; init; }

    public required byte[] Body { get; init; }

    /// <summary>The true signature of <see cref="Body"/>.</summary>
    public required string Signature { get; init; }

    /// <summary>Empty for a raw post.</summary>
    public required IReadOnlyList<WebhookItem> Items { get; init; }

    public required string Summary { get; init; }

    public required string Customer { get; init; }

    public bool Duplicate { get; init; }

    public bool Forged { get; init; }

    /// <summary>True: no signature header at all.</summary>
    public bool Unsigned { get; init; }

    /// <summary>False: one try only.</summary>
    public bool Repeats { get; init; } = true;

    public int Tries { get; set; }

    /// <summary>Told of every try; used by calls that wait for the answer.</summary>
    public Action<int, byte[]>? Answered { get; init; }
}
