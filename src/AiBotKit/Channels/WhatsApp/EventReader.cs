using System.Text.Json;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>Reads statuses, calls, preferences and account events.</summary>
internal static class EventReader
{
    public static WebhookItem ReadStatus(JsonElement status, ItemSource source)
    {
        var name = status.Line("status"u8, 32);
        DeliveryStatus? known = name switch
        {
            "sent" => DeliveryStatus.Sent,
            "delivered" => DeliveryStatus.Delivered,
            "read" => DeliveryStatus.Read,
            "played" => DeliveryStatus.Played,
            "failed" => DeliveryStatus.Failed,
            _ => null,
        };
        if (known is null || status.Id("id"u8) is not { } id)
        {
            // "deleted" and "warning" are of older documents; a status of nothing can be joined to nothing.
            return source.Ignore(status, known is null ? $"status {name}" : "a status without id");
        }

        var isGroup = status.Text("recipient_type"u8) == "group";
        var recipient = status.Text("recipient_id"u8);
        return new StatusUpdate
        {
            Field = source.Field,
            PhoneNumberId = source.PhoneNumberId,
            WabaId = source.WabaId,
            Raw = source.RawOf(status),
            ProviderId = id,
            Status = known.Value,
            Timestamp = status.Time("timestamp"u8),
            RecipientPhone = isGroup ? null : SessionIds.PhoneDigits(recipient),
            RecipientUserId = MessageReader.UserId(status, "recipient_user_id"u8) ?? (SessionIds.IsUserId(recipient) ? recipient : null),
            IsGroup = isGroup,
            OpaqueKey = status.Id("biz_opaque_callback_data"u8),
            Errors = status.Errors("errors"u8),
        };
    }

    public static WebhookItem ReadCall(JsonElement call, ItemSource source) =>
        call.Text("event"u8) == "connect" && call.Text("direction"u8) == "USER_INITIATED"
            ? Call(call, source, "from"u8, "from_user_id"u8)
            : source.Ignore(call, "a call event that opens no window");

    /// <summary>Statuses of calls are no message statuses; the user accepting our call refreshes the window (wire facts 8).</summary>
    public static WebhookItem ReadCallStatus(JsonElement status, ItemSource source) =>
        status.Text("status"u8) == "ACCEPTED"
            ? Call(status, source, "recipient_id"u8, "recipient_user_id"u8)
            : source.Ignore(status, "a call status that opens no window");

    public static WebhookItem ReadPreference(JsonElement preference, ItemSource source)
    {
        var stopped = preference.Text("value"u8) switch { "stop" => true, "resume" => false, _ => (bool?)null };
        var phone = SessionIds.PhoneDigits(preference.Text("wa_id"u8));
        var userId = MessageReader.UserId(preference, "user_id"u8);
        if (stopped is null || (phone is null && userId is null) || source.PhoneNumberId is null)
        {
            return source.Ignore(preference, "a preference of nobody or of an unknown value");
        }

        return new UserPreference
        {
            Field = source.Field,
            PhoneNumberId = source.PhoneNumberId,
            WabaId = source.WabaId,
            Raw = source.RawOf(preference),
            Phone = phone,
            UserId = userId,
            Category = preference.Line("category"u8, 64) ?? "unknown",
            Stopped = stopped.Value,
            Timestamp = preference.Time("timestamp"u8),
        };
    }

    public static WebhookItem ReadAccount(JsonElement value, ItemSource source)
    {
        if (value.Line("event"u8, 64) is not { } name)
        {
            return source.Ignore(value, "an account update without event");
        }

        var info = value.TryGet("waba_info"u8, out var waba) ? waba : default;
        var ban = value.TryGet("ban_info"u8, out var banInfo) ? banInfo.Text("waba_ban_state"u8) : null;
        var (effect, reason) = Meaning(name, ban);
        return new AccountEvent
        {
            Field = source.Field,

            // Partner events carry the partner's own business id in entry.id; the account is named inside.
            WabaId = info.Line("waba_id"u8) ?? source.WabaId,
            Raw = source.RawOf(value),
            Effect = effect,
            Timestamp = source.At,
            Name = name,
            Reason = reason,
        };
    }

    public static WebhookItem ReadTemplate(JsonElement value, ItemSource source) =>
        value.Line("event"u8, 32) is { } name && value.Line("message_template_name"u8, 512) is { } template && value.Line("message_template_language"u8, 20) is { } language && source.WabaId is not null
            ? new TemplateEvent
            {
                Field = source.Field,
                WabaId = source.WabaId,
                Raw = source.RawOf(value),
                // What is reinstated is approved again, and what is flagged still is; the list that is asked for next says it in its own words.
                Status = name.ToUpperInvariant() is "REINSTATED" or "FLAGGED" ? "APPROVED" : name.ToUpperInvariant(),
                Name = template,
                Language = language,
                Timestamp = source.At,
                Reason = (value.TryGet("rejection_info"u8, out var rejection) ? rejection.Line("reason"u8, 512) : null)
                    ?? (value.TryGet("other_info"u8, out var other) ? other.Line("description"u8, 512) : null)
                    ?? (value.Line("reason"u8, 512) is { } reason && reason != "NONE" ? reason : null),
            }
            : source.Ignore(value, "a template event without template or account");

    public static WebhookItem ReadTest(JsonElement value, ItemSource source) =>
        value.Line("token"u8, 128) is { } token && source.PhoneNumberId is not null
            ? new TestEvent { Field = source.Field, PhoneNumberId = source.PhoneNumberId, WabaId = source.WabaId, Raw = source.RawOf(value), Token = token }
            : source.Ignore(value, "a test event without token or number");

    private static (AccountEffect Effect, string Reason) Meaning(string name, string? ban) => (name, ban) switch
    {
        ("DISABLED_UPDATE", "REINSTATE") => (AccountEffect.Usable, "WhatsApp has reinstated the business account; messages are sent again."),
        ("DISABLED_UPDATE", "SCHEDULE_FOR_DISABLE") => (AccountEffect.Notice, "WhatsApp will disable the business account soon. Open WhatsApp Manager to see why and to appeal."),
        ("DISABLED_UPDATE", "DISABLE") => (AccountEffect.NotUsable, "WhatsApp has disabled the business account. Nothing can be sent until it is reinstated in WhatsApp Manager."),
        ("ACCOUNT_DELETED", _) => (AccountEffect.Gone, "The WhatsApp business account was deleted. Conversations are kept; connect a number again to go on."),
        ("ACCOUNT_OFFBOARDED", _) => (AccountEffect.NotUsable, "The number was taken off the platform in the WhatsApp app. Connect it again to go on."),
        ("ACCOUNT_RECONNECTED", _) => (AccountEffect.Usable, "The WhatsApp business account is connected again."),
        ("ACCOUNT_VIOLATION", _) => (AccountEffect.Notice, "WhatsApp reports a policy violation by the business account. Open WhatsApp Manager to see it; repeated violations disable the account."),
        ("ACCOUNT_RESTRICTION", _) => (AccountEffect.Notice, "WhatsApp has restricted the business account. Open WhatsApp Manager to see what is limited and until when."),
        ("PARTNER_ADDED", _) => (AccountEffect.Notice, "The sign-up of the business account is finished on WhatsApp's side."),
        ("PARTNER_REMOVED", _) => (AccountEffect.Gone, "The business account has removed this partner. Conversations are kept; connect a number again to go on."),
        ("PARTNER_APP_UNINSTALLED", _) => (AccountEffect.NotUsable, "The business account has uninstalled the app. Connect the number again to go on."),
        _ => (AccountEffect.Notice, $"WhatsApp reports {name} for the business account."),
    };

    private static WebhookItem Call(JsonElement call, ItemSource source, ReadOnlySpan<byte> identity, ReadOnlySpan<byte> userIdentity)
    {
        var who = call.Text(identity);
        var phone = SessionIds.PhoneDigits(who);
        var userId = MessageReader.UserId(call, userIdentity) ?? (SessionIds.IsUserId(who) ? who : null);
        return phone is null && userId is null
            ? source.Ignore(call, "a call of nobody")
            : new UserCall
            {
                Field = source.Field,
                PhoneNumberId = source.PhoneNumberId,
                WabaId = source.WabaId,
                Raw = source.RawOf(call),
                ProviderId = call.Id("id"u8),
                Phone = phone,
                UserId = userId,
                Timestamp = call.Time("timestamp"u8),
            };
    }
}
