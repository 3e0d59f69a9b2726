using System.Text.Json;

namespace AiBotKit.PinnacleSimulator.Customers;

/// <summary>One message on a customer's phone. Changed under the gate of its thread.</summary>
internal sealed class ThreadMessage
{
    /// <summary>Grows by one within the thread; the cursor of the wait calls.</summary>
    public long Seq { get; set; }

    public required string Id { get; init; }

    /// <summary><c>customer</c>, <c>business</c> (sent through the API) or <c>app</c> (sent by the owner from the phone app).</summary>
    public required string From { get; init; }

    public required string Type { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>What a person reads: body, caption or title. Null when the type has none.</summary>
    public string? Text { get; set; }

    /// <summary>The object named after the type, as on the wire.</summary>
    public JsonElement? Content { get; set; }

    public string? QuotedId { get; init; }

    public string? Opaque { get; init; }

    /// <summary>Customer's: sending, sent, delivered (callback answered 200), read. Business': accepted, sent, delivered, read, failed.</summary>
    public string Status { get; set; } = "sending";

    /// <summary>Code of a failed status.</summary>
    public int? Error { get; set; }

    public string? CustomerReaction { get; set; }

    public string? BusinessReaction { get; set; }

    public bool Edited { get; set; }

    public bool Revoked { get; set; }
}

/// <summary>A message as pages and scripts see it.</summary>
internal sealed record MessageView(
    long Seq, string Id, string From, string Type, DateTimeOffset At, string? Text, JsonElement? Content, string? QuotedId, string? Opaque,
    string Status, int? Error, string? CustomerReaction, string? BusinessReaction, bool Edited, bool Revoked)
{
    public static MessageView Of(ThreadMessage message) => new(
        message.Seq, message.Id, message.From, message.Type, message.At, message.Text, message.Content, message.QuotedId, message.Opaque,
        message.Status, message.Error, message.CustomerReaction, message.BusinessReaction, message.Edited, message.Revoked);
}
