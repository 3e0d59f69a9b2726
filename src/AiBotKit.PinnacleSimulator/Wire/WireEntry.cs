namespace AiBotKit.PinnacleSimulator.Wire;

/// <summary>One request that went over the wire, with the exact bytes.</summary>
internal sealed class WireEntry
{
    /// <summary>Grows by one with each entry; the cursor of the log.</summary>
    public long Id { get; set; }

    public required DateTimeOffset At { get; init; }

    /// <summary><c>api</c>: the product called the simulator. <c>webhook</c>: the simulator called the product.</summary>
    public required string Direction { get; init; }

    public required string Method { get; init; }

    public required string Url { get; init; }

    /// <summary>For webhooks messages, statuses, message_echoes, calls or raw; for the API messages, read, typing, media, webhook, account, templates or other.</summary>
    public string Kind { get; set; } = "other";

    public string Summary { get; set; } = "";

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public byte[] Body { get; set; } = [];

    public int Status { get; set; }

    public byte[] Answer { get; set; } = [];

    public double ElapsedMs { get; set; }

    /// <summary>The signature as presented; null for none.</summary>
    public string? Signature { get; init; }

    /// <summary>True when the presented signature is the right one.</summary>
    public bool Signed { get; init; }

    public int Try { get; init; } = 1;

    public bool Duplicate { get; init; }

    public string? Customer { get; set; }

    public IReadOnlyList<string> Ids { get; set; } = [];

    /// <summary>The fault that was applied to a send; null for none.</summary>
    public string? Fault { get; set; }
}
