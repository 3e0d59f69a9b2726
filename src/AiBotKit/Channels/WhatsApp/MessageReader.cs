using System.Text.Json;
using System.Text.RegularExpressions;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>Reads one element of <c>messages</c> or <c>message_echoes</c>.</summary>
internal static partial class MessageReader
{
    public static WebhookItem ReadMessage(JsonElement message, ItemSource source)
    {
        if (Unusable(message, source) is { } bad)
        {
            return bad;
        }

        if (message.Line("type"u8, 64) is not { } type)
        {
            return source.Bad(message, "a message without type");
        }

        if (type == "system")
        {
            return ReadSystem(message, source);
        }

        var from = message.Text("from"u8);
        var phone = SessionIds.PhoneDigits(from);
        var userId = UserId(message, "from_user_id"u8) ?? (SessionIds.IsUserId(from) ? from : null);
        if (phone is null && userId is null)
        {
            return source.Bad(message, "the sender is neither a phone number nor a user id");
        }

        var sender = source.Contacts?.Find(phone, userId);
        phone ??= sender?.Phone;
        userId ??= sender?.UserId;

        var reading = ContentReader.Read(message, type);
        var isGroup = message.Id("group_id"u8) is not null;
        var isFromBusiness = phone is not null && phone == source.DisplayPhone;
        var isCustomer = !isGroup && !isFromBusiness;
        return new InboundMessage
        {
            Field = source.Field,
            PhoneNumberId = source.PhoneNumberId,
            WabaId = source.WabaId,
            Raw = source.RawOf(message),
            ProviderId = message.Id("id"u8),
            Phone = phone,
            UserId = userId,
            ProfileName = sender?.Name,
            Username = sender?.Username,
            Timestamp = message.Time("timestamp"u8),
            Kind = reading.Kind,
            Text = reading.Text,
            Content = reading.Content,
            Context = Context(message, source),
            Referral = ReadReferral(message),
            IsGroup = isGroup,
            IsFromBusiness = isFromBusiness,
            StartsTurn = isCustomer && StartsTurn(reading),
            RefreshesWindow = isCustomer && reading.Kind is not (InboundKind.Edit or InboundKind.Revoke),
        };
    }

    public static WebhookItem ReadEcho(JsonElement message, ItemSource source)
    {
        if (Unusable(message, source) is { } bad)
        {
            return bad;
        }

        if (source.PhoneNumberId is null)
        {
            return source.Ignore(message, "no phone_number_id to route by");
        }

        if (message.Line("type"u8, 64) is not { } type)
        {
            return source.Bad(message, "an echo without type");
        }

        var to = message.Text("to"u8);
        var phone = SessionIds.PhoneDigits(to);
        var userId = UserId(message, "to_user_id"u8) ?? (SessionIds.IsUserId(to) ? to : null);
        if (phone is null && userId is null)
        {
            return source.Bad(message, "an echo to nobody");
        }

        var reading = ContentReader.Read(message, type);
        return new OwnerEcho
        {
            Field = source.Field,
            PhoneNumberId = source.PhoneNumberId,
            WabaId = source.WabaId,
            Raw = source.RawOf(message),
            ProviderId = message.Id("id"u8),
            ToPhone = phone,
            ToUserId = userId,
            Timestamp = message.Time("timestamp"u8),
            Kind = reading.Kind,
            Text = reading.Text,
            Content = reading.Content,
        };
    }

    public static string? UserId(JsonElement element, ReadOnlySpan<byte> name) =>
        element.Text(name) is { } id && SessionIds.IsUserId(id) ? id : null;

    private static BadItem? Unusable(JsonElement message, ItemSource source) =>
        message.ValueKind != JsonValueKind.Object ? source.Bad(message, "a message that is no object")
        : !source.IsReadable(message) ? source.Bad(message, "a message that is not valid UTF-8")
        : null;

    /// <summary>Only words that a customer says, writes under a file or picks are a question; the default table of wire facts 3.</summary>
    private static bool StartsTurn(ContentReader.Reading reading) =>
        !string.IsNullOrWhiteSpace(reading.Text)
        && reading.Kind is InboundKind.Text or InboundKind.Image or InboundKind.Video or InboundKind.Document
            or InboundKind.ButtonReply or InboundKind.ListReply or InboundKind.TemplateButton;

    private static ReplyContext? Context(JsonElement message, ItemSource source)
    {
        if (!message.TryGet("context"u8, out var context) || context.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var target = context.Id("id"u8);
        var from = SessionIds.PhoneDigits(context.Text("from"u8));
        var product = context.TryGet("referred_product"u8, out var referred) ? referred : default;
        return new(
            target,
            target is not null && from is not null && from == source.DisplayPhone,
            context.IsTrue("forwarded"u8),
            context.IsTrue("frequently_forwarded"u8),
            product.Line("catalog_id"u8),
            product.Line("product_retailer_id"u8));
    }

    private static Referral? ReadReferral(JsonElement message) =>
        message.TryGet("referral"u8, out var referral) && referral.ValueKind == JsonValueKind.Object
            ? new(
                referral.Line("source_type"u8, 32),
                referral.Line("source_id"u8),
                referral.Line("source_url"u8, 2048),
                referral.Line("headline"u8, 512),
                referral.Line("body"u8, 1024),
                referral.Line("ctwa_clid"u8, 512))
            : null;

    private static WebhookItem ReadSystem(JsonElement message, ItemSource source)
    {
        if (!message.TryGet("system"u8, out var system))
        {
            return source.Bad(message, "a system message without content");
        }

        var from = message.Text("from"u8);
        var body = WireText.CleanLine(system.Text("body"u8), 1024);
        var newUserId = UserId(system, "user_id"u8);
        var change = new IdentityChange
        {
            Field = source.Field,
            PhoneNumberId = source.PhoneNumberId,
            WabaId = source.WabaId,
            Raw = source.RawOf(message),
            ProviderId = message.Id("id"u8),
            OldPhone = SessionIds.PhoneDigits(from),
            NewPhone = SessionIds.PhoneDigits(system.Text("wa_id"u8)),
            OldUserId = UserId(message, "from_user_id"u8) ?? (SessionIds.IsUserId(from) ? from : OldUserIdIn(body, newUserId)),
            NewUserId = newUserId,
            Timestamp = message.Time("timestamp"u8),
            Text = body,
        };
        return system.Line("type"u8, 64) switch
        {
            "user_changed_number" or "customer_changed_number" when change is { OldPhone: not null, NewPhone: not null } => change,
            "user_changed_user_id" when change.NewUserId is not null => change,
            var type => source.Ignore(message, $"system message {type}"),
        };
    }

    /// <summary>
    /// The wire names the old BSUID only in its sentence. The pattern is bound to the sentence's end, behind which no profile
    /// name can stand, and must agree with the new id; so a name like "changed from … to …" cannot move somebody else's alias.
    /// </summary>
    private static string? OldUserIdIn(string? body, string? newUserId) =>
        body is not null && newUserId is not null
        && ChangedFromTo().Match(body) is { Success: true } match && match.Groups["new"].Value == newUserId
            ? match.Groups["old"].Value
            : null;

    [GeneratedRegex(@" changed from (?<old>[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}) to (?<new>[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128})\z", RegexOptions.CultureInvariant)]
    private static partial Regex ChangedFromTo();
}
