using AiBotKit.Durability;
using AiBotKit.Storage;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>Reads a kept item or body of a callback again, as the parser of today understands it. An item's sender comes without the profile name.</summary>
internal sealed class ReadDeadLetter(Arrivals arrivals, ReadDb reads)
{
    public IReadOnlyList<Arrival> Run(DeadLetter letter) => letter switch
    {
        { Raw: null } => [],
        { Kind: "webhook_body" } => InTime(arrivals.From(WebhookParser.Parse(letter.Raw)), letter.CreatedAt),
        { Route: { Length: > 0 } route, Source: { Length: > 0 } field } => InTime(arrivals.From(new ParsedWebhook([Item(letter.Raw, route, field)])), letter.CreatedAt),
        _ => [],
    };

    private WebhookItem Item(byte[] raw, string route, string field)
    {
        using var db = reads.Open();
        // Our own number, to see that a message is from ourselves; it is routed by the stored number and by nothing in it.
        var own = db.Set<Connection>().Where(c => c.PhoneNumberId == route).Select(c => c.DisplayPhoneNumber).FirstOrDefault();
        return WebhookParser.ParseItem(field, raw, route, null, SessionIds.PhoneDigits(own));
    }

    /// <summary>What carries no time of its own was said when it came in, not now.</summary>
    private static List<Arrival> InTime(IReadOnlyList<Arrival> read, DateTimeOffset cameAt) =>
    [
        .. read.Select(arrival => arrival switch
        {
            CustomerArrival message => message with { At = message.At ?? cameAt },
            OwnerEchoArrival echo => echo with { At = echo.At ?? cameAt },
            _ => arrival,
        }),
    ];
}
