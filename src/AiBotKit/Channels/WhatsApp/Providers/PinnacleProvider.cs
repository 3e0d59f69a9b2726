using System.Text.Json;
using AiBotKit.Durability;
using AiBotKit.Hosting.Outbound;

namespace AiBotKit.Channels.WhatsApp.Providers;

/// <summary>Pinnacle / Pinbot partner API v3: Meta's bodies under another host, the key in <c>apikey</c> (wire facts 1.1).</summary>
internal sealed class PinnacleProvider(ProviderHttp http) : IWhatsAppProvider
{
    private readonly ProviderCalls calls = new(http, (request, key) => request.Headers.TryAddWithoutValidation("apikey", key.Reveal()));

    public ProviderKind Kind => ProviderKind.Pinnacle;

    public Task<SendOutcome> SendTextAsync(
        ProviderConnection connection, Recipient recipient, string text, string opaqueKey, string? replyTo, SendProgress progress, CancellationToken cancellationToken) =>
        calls.SendTextAsync(connection, recipient, text, opaqueKey, replyTo, progress, cancellationToken);

    public Task<SendOutcome> SendTemplateAsync(ProviderConnection connection, Recipient recipient, string template, string opaqueKey, SendProgress progress, CancellationToken cancellationToken) =>
        calls.SendTemplateAsync(connection, recipient, template, opaqueKey, progress, cancellationToken);

    public Task<ProviderResult<TemplatePage>> GetTemplatesAsync(ProviderConnection connection, string? after, CancellationToken cancellationToken) => calls.GetTemplatesAsync(connection, after, cancellationToken);

    public Task<ProviderResult<bool>> MarkReadAsync(ProviderConnection connection, string messageId, bool typing, CancellationToken cancellationToken) =>
        calls.MarkReadAsync(connection, messageId, typing, cancellationToken);

    public Task<ProviderResult<MediaInfo>> GetMediaAsync(ProviderConnection connection, string mediaId, CancellationToken cancellationToken) =>
        calls.GetMediaAsync(connection, mediaId, cancellationToken);

    /// <summary>From Pinnacle itself only: by the address when it is theirs, else by their own download call, so that the key meets no other host.</summary>
    public async Task<ProviderResult<MediaDownload>> DownloadMediaAsync(
        ProviderConnection connection, MediaInfo media, Stream destination, long maxBytes, CancellationToken cancellationToken)
    {
        if (!ProviderCalls.IsMediaId(media.MediaId))
        {
            return ProviderAnswers.Failed<MediaDownload>(RejectionKind.Final, null, "The id of the file is not one of WhatsApp's.");
        }

        using var request = OutboundEndpoint.Of(media.Url) == OutboundEndpoint.Of(connection.BaseUrl)
            ? calls.Authorized(connection, new(HttpMethod.Get, media.Url))
            : calls.Post(connection, $"downloadMedia/{media.MediaId}?phone_number_id={connection.PhoneNumberId}", [], null);
        return await calls.DownloadAsync(connection, request, destination, maxBytes, cancellationToken);
    }

    public async Task<ProviderResult<IReadOnlyList<ProviderNumber>>> GetUserDetailsAsync(ProviderConnection connection, CancellationToken cancellationToken)
    {
        using var request = calls.Get(connection, "getuserdetails");
        return await calls.CallAsync(connection, request, ReadNumbers, cancellationToken);
    }

    public async Task<ProviderResult<bool>> SetWebhookAsync(ProviderConnection connection, WebhookRegistration registration, CancellationToken cancellationToken)
    {
        var body = ProviderBodies.Write(writer =>
        {
            writer.WriteString("webhook_url", registration.Url.AbsoluteUri);
            if (registration.Headers.Count > 0)
            {
                writer.WriteStartObject("headers");
                foreach (var (name, value) in registration.Headers)
                {
                    writer.WriteString(name, value);
                }

                writer.WriteEndObject();
            }

            if (registration.Secret is { } secret)
            {
                writer.WriteString("secret", secret);
            }
        });
        using var request = calls.Post(connection, $"{connection.PhoneNumberId}/setwebhook", body, null);
        return await calls.DoAsync(connection, request, cancellationToken);
    }

    /// <summary>Those who integrate it call Meta's path after <c>setwebhook</c> (wire facts 1.3); that Pinnacle hands it on is not public, so a refusal of the call is none.</summary>
    public async Task<ProviderResult<bool>> SubscribeAsync(ProviderConnection connection, CancellationToken cancellationToken) => ProviderCalls.Optional(await calls.SubscribeAsync(connection, cancellationToken));

    public Task<ProviderResult<bool?>> GetSubscribedAsync(ProviderConnection connection, CancellationToken cancellationToken) => calls.GetSubscribedAsync(connection, cancellationToken);

    public Task<ProviderResult<bool>> RemoveWebhookAsync(ProviderConnection connection, Uri sink, CancellationToken cancellationToken) =>
        SetWebhookAsync(connection, new WebhookRegistration(sink, [], null), cancellationToken);

    /// <summary>A call of the simulator; the real one answers an unknown path (wire facts 1.3 knows no such call).</summary>
    public async Task<ProviderResult<bool>> AskTestEventAsync(ProviderConnection connection, string token, CancellationToken cancellationToken)
    {
        using var request = calls.Post(connection, $"{connection.PhoneNumberId}/testwebhook", ProviderBodies.Write(writer => writer.WriteString("token", token)), null);
        return ProviderCalls.Optional(await calls.DoAsync(connection, request, cancellationToken));
    }

    public Task<ProviderResult<NumberStanding>> GetNumberAsync(ProviderConnection connection, CancellationToken cancellationToken) => calls.GetNumberAsync(connection, cancellationToken);

    public async Task<ProviderResult<Uri?>> GetWebhookAsync(ProviderConnection connection, CancellationToken cancellationToken)
    {
        using var request = calls.Get(connection, $"{connection.PhoneNumberId}/getwebhook");
        var result = await calls.CallAsync(connection, request, root => (object)(WebhookUrl(root) ?? (object)false), cancellationToken);
        return new(result.Value as Uri, result.Failure);
    }

    private static Uri? WebhookUrl(JsonElement root)
    {
        var data = root.TryGet("data"u8, out var inner) ? inner : root;
        return Uri.TryCreate(data.Text("webhook_url"u8) ?? data.Text("url"u8), UriKind.Absolute, out var url) ? url : null;
    }

    /// <summary>A bare array or <c>data</c>; the row names vary from account to account.</summary>
    private static IReadOnlyList<ProviderNumber>? ReadNumbers(JsonElement root)
    {
        var rows = root.ValueKind == JsonValueKind.Array ? root : root.TryGetArray("data"u8, out var data) ? data : default;
        if (rows.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        List<ProviderNumber> numbers = [];
        foreach (var row in rows.EnumerateArray().Take(1_000))
        {
            if ((row.Digits("phone_number_id"u8) ?? row.Digits("phoneNumberId"u8)) is { } id)
            {
                numbers.Add(new(
                    id,
                    row.Digits("whatsapp_business_account_id"u8) ?? row.Digits("wabaid"u8) ?? row.Digits("waba_id"u8),
                    SessionIds.PhoneDigits(row.Text("wanumber"u8) ?? row.Text("wa_number"u8) ?? row.Text("display_phone_number"u8)),
                    row.Line("name"u8)));
            }
        }

        return numbers;
    }
}
