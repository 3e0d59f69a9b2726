using System.Text.Json;
using AiBotKit.Conversations.Contacts;
using AiBotKit.Durability;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>Translates what the wire carried into what the store understands. Pure.</summary>
internal sealed class Arrivals(DedupKeys keys)
{
    /// <summary>One arrival per item that is kept; ignored items give none.</summary>
    /// <param name="signer">The one connection that signed it: what is for any other is dropped. Null: the installation's secret did, which speaks for all.</param>
    public IReadOnlyList<Arrival> From(ParsedWebhook webhook, CallbackSigner? signer = null)
    {
        var arrivals = new List<Arrival>(webhook.Items.Count);
        foreach (var item in webhook.Items)
        {
            if ((signer is null || IsFor(signer, item)) && From(item, signer) is { } arrival)
            {
                arrivals.Add(arrival with { Source = item.Field });
            }
        }

        return arrivals;
    }

    /// <summary>A secret vouches for its own number, and for what is said of its own account.</summary>
    private static bool IsFor(CallbackSigner signer, WebhookItem item) =>
        item.PhoneNumberId is { } number ? number == signer.PhoneNumberId : item is BadItem || (item is AccountEvent or TemplateEvent && item.WabaId == signer.WabaId);

    private Arrival? From(WebhookItem item, CallbackSigner? signer) => item switch
    {
        InboundMessage message => Message(message),
        OwnerEcho echo => Echo(echo),
        StatusUpdate { PhoneNumberId: { } route, IsGroup: false } status => Status(route, status),
        UserCall { PhoneNumberId: { } route, SessionId: not null } call => new CallArrival
        {
            Route = route,
            Raw = call.Raw,
            From = Identity(call.Phone, call.UserId, null)!,
            At = call.Timestamp,
        },
        IdentityChange { PhoneNumberId: { } route } change when Old(change) is { } old && New(change) is { } now => new IdentityArrival
        {
            Route = route,
            Raw = change.Raw,
            DedupKey = keys.Of(route, change.ProviderId, change.Raw.Span),
            OldSessionId = old,
            NewSessionId = now,
            Text = change.Text ?? "The customer changed number",
        },
        AccountEvent { WabaId: { } waba } account when account.Effect is not AccountEffect.Notice => new ConnectionArrival
        {
            Route = account.PhoneNumberId ?? "",
            Raw = account.Raw,
            WabaId = waba,
            DedupKey = account.Timestamp is { } at ? keys.OfEvent(signer is null ? waba : $"{waba} {signer.ConnectionId}", at, account.Raw.Span) : null,
            SignedFor = signer?.ConnectionId,
            At = account.Timestamp,
            BrokenReason = account.Effect is AccountEffect.Usable ? null : account.Reason,
            IsGone = account.Effect is AccountEffect.Gone,
        },
        TemplateEvent { WabaId: { } waba } template => new TemplateArrival
        {
            Route = "",
            Raw = template.Raw,
            WabaId = waba,
            DedupKey = template.Timestamp is { } at ? keys.OfEvent(signer is null ? waba : $"{waba} {signer.ConnectionId}", at, template.Raw.Span) : null,
            SignedFor = signer?.ConnectionId,
            At = template.Timestamp,
            Name = template.Name,
            Language = template.Language,
            Status = template.Status,
            Reason = template.Reason,
        },
        TestEvent { PhoneNumberId: { } route } test => new TestArrival { Route = route, Raw = test.Raw, TokenHash = TestEvent.Hash(test.Token), HeaderSeen = signer is { HeaderSeen: true } },
        BadItem bad when (bad.PhoneNumberId ?? signer?.PhoneNumberId ?? "") is var route => new UnusableArrival
        {
            Route = route,
            Raw = signer is null ? bad.Raw : bad.Raw[..Math.Min(bad.Raw.Length, ReceiveWebhook.MaxDeadBody)],
            DedupKey = keys.OfUnusable(route, bad.Raw.Span),
            Reason = bad.Reason,
        },
        _ => null,
    };

    private CustomerArrival? Message(InboundMessage message)
    {
        if (message.PhoneNumberId is not { } route || message.IsGroup || message.IsFromBusiness || Identity(message.Phone ?? RevealedPhone(message), message.UserId, message.ProfileName) is not { } from)
        {
            return null;
        }

        var edited = message.Content as EditContent;
        return new CustomerArrival
        {
            Route = route,
            Raw = message.Raw,
            DedupKey = keys.Of(route, message.ProviderId, message.Raw.Span),
            From = from,
            ProviderMessageId = message.ProviderId,
            At = message.Timestamp,
            Type = TypeName(message.Kind, message.Content),
            Text = message.Text ?? Placeholders.For(message.Kind, message.Content),
            Content = Content(message.Content with { Referral = message.Referral, Forwarded = message.Context is { Forwarded: true } or { FrequentlyForwarded: true } ? true : null }),
            ReplyTo = message.Context?.TargetProviderId,
            StartsTurn = message.StartsTurn,
            StoredOnly = message.StartsTurn ? null : Outcome(message.Kind),
            RefreshesWindow = message.RefreshesWindow,
            IsTap = message.IsTap,
            Edits = edited?.TargetProviderId,
            Revokes = (message.Content as RevokeContent)?.TargetProviderId,
        };
    }

    private OwnerEchoArrival? Echo(OwnerEcho echo) =>
        echo.PhoneNumberId is not { } route || Identity(echo.ToPhone, echo.ToUserId, null) is not { } to
            ? null
            : new OwnerEchoArrival
            {
                Route = route,
                Raw = echo.Raw,
                DedupKey = keys.Of(route, echo.ProviderId, echo.Raw.Span),
                To = to,
                ProviderMessageId = echo.ProviderId,
                At = echo.Timestamp,
                Type = TypeName(echo.Kind, echo.Content),
                Text = echo.Text ?? Placeholders.For(echo.Kind, echo.Content),
                Content = Content(echo.Content),
                Revokes = (echo.Content as RevokeContent)?.TargetProviderId,
            };

    private static StatusArrival Status(string route, StatusUpdate status)
    {
        var failed = status.Status == DeliveryStatus.Failed;
        var meaning = failed ? WhatsAppErrors.OfStatus(status.Errors) : null;
        return new StatusArrival
        {
            Route = route,
            Raw = status.Raw,
            ProviderMessageId = status.ProviderId,
            Key = status.OpaqueKey,
            Recipient = status.RecipientPhone ?? status.RecipientUserId,
            Status = status.Status switch
            {
                DeliveryStatus.Sent => Durability.DeliveryStatus.Sent,
                DeliveryStatus.Delivered => Durability.DeliveryStatus.Delivered,
                DeliveryStatus.Read => Durability.DeliveryStatus.Read,
                DeliveryStatus.Played => Durability.DeliveryStatus.Played,
                _ => Durability.DeliveryStatus.Failed,
            },
            At = status.Timestamp,
            Failure = meaning is null ? null : new SendOutcome.Rejected(meaning.Kind, status.Errors.Count > 0 ? status.Errors[0].Code : null, meaning.Sentence, null, meaning.FirstWait, meaning.MaxRetries),
        };
    }

    /// <summary>A customer known by user id only who answers a request for the number with the one card that was asked for (wire facts 3.1).</summary>
    private static string? RevealedPhone(InboundMessage message) =>
        message is { UserId: not null, Content: ContactsContent { IsRequested: true, Cards: [{ WhatsAppIds: [var phone] }] } } ? phone : null;

    private static CustomerIdentity? Identity(string? phone, string? userId, string? name) =>
        SessionIds.For(phone, userId) is { } session
            ? new CustomerIdentity(session, phone ?? userId!, phone is not null && userId is not null ? SessionIds.For(null, userId) : null, name, Variant(phone))
            : null;

    private static string? Variant(string? phone) => phone is not null && NumberVariants.Of(phone) is { } other ? SessionIds.For(other, null) : null;

    private static string? Old(IdentityChange change) => SessionIds.For(change.OldPhone, change.OldUserId);

    private static string? New(IdentityChange change) => SessionIds.For(change.NewPhone, change.NewUserId);

    private static string? Content(MessageContent content) =>
        content is TextContent { Referral: null, Forwarded: null } ? null : JsonSerializer.Serialize(content, MessageContentJson.Default.MessageContent);

    private static string Outcome(InboundKind kind) => kind switch
    {
        InboundKind.Reaction => "reaction",
        InboundKind.Edit or InboundKind.Revoke or InboundKind.RequestWelcome or InboundKind.CallPermissionReply => "event",
        _ => "unsupported",
    };

    private static string TypeName(InboundKind kind, MessageContent content) => kind switch
    {
        InboundKind.Audio when content is MediaContent { Voice: true } => "voice",
        InboundKind.ButtonReply => "button_reply",
        InboundKind.ListReply => "list_reply",
        InboundKind.FormReply => "form",
        InboundKind.CallPermissionReply => "call_permission",
        InboundKind.TemplateButton => "button",
        InboundKind.RequestWelcome => "request_welcome",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
