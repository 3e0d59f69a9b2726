using System.Text.Json;
using AiBotKit.Durability;
using AiBotKit.Hosting.Outbound;

namespace AiBotKit.Channels.WhatsApp.Providers;

/// <summary>Meta's Cloud API without a company between: bearer token, graph version in the path.</summary>
internal sealed class MetaCloudProvider(ProviderHttp http) : IWhatsAppProvider
{
    /// <summary>The only other host that is given the token: Meta serves media from it and asks for the token there (wire facts 3, media).</summary>
    private static readonly OutboundEndpoint MediaHost = OutboundEndpoint.Of(new("https://lookaside.fbsbx.com"));

    private readonly ProviderCalls calls = new(http, (request, key) => request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key.Reveal()}"));

    public ProviderKind Kind => ProviderKind.MetaCloud;

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

    public async Task<ProviderResult<MediaDownload>> DownloadMediaAsync(
        ProviderConnection connection, MediaInfo media, Stream destination, long maxBytes, CancellationToken cancellationToken)
    {
        var target = OutboundEndpoint.Of(media.Url);
        if (target != MediaHost && target != OutboundEndpoint.Of(connection.BaseUrl))
        {
            return ProviderAnswers.Failed<MediaDownload>(RejectionKind.Final, null, "The file lies on a host that is not one of WhatsApp's.");
        }

        using var request = calls.Authorized(connection, new(HttpMethod.Get, media.Url), also: MediaHost);
        return await calls.DownloadAsync(connection, request, destination, maxBytes, cancellationToken);
    }

    public async Task<ProviderResult<IReadOnlyList<ProviderNumber>>> GetUserDetailsAsync(ProviderConnection connection, CancellationToken cancellationToken)
    {
        using var request = calls.Get(connection, $"{connection.WabaId}/phone_numbers?fields=id,display_phone_number,verified_name");
        return await calls.CallAsync(connection, request, root => ReadNumbers(root, connection.WabaId), cancellationToken);
    }

    /// <summary>The override of the callback for this number only.</summary>
    public Task<ProviderResult<bool>> SetWebhookAsync(ProviderConnection connection, WebhookRegistration registration, CancellationToken cancellationToken) =>
        OverrideAsync(connection, registration.Url.AbsoluteUri, registration.VerifyToken ?? "", cancellationToken);

    private async Task<ProviderResult<bool>> OverrideAsync(ProviderConnection connection, string address, string verifyToken, CancellationToken cancellationToken)
    {
        var body = ProviderBodies.Write(writer =>
        {
            writer.WriteStartObject("webhook_configuration");
            writer.WriteString("override_callback_uri", address);
            writer.WriteString("verify_token", verifyToken);
            writer.WriteEndObject();
        });
        using var request = calls.Post(connection, connection.PhoneNumberId, body, null);
        return await calls.DoAsync(connection, request, cancellationToken);
    }

    public Task<ProviderResult<bool>> SubscribeAsync(ProviderConnection connection, CancellationToken cancellationToken) => calls.SubscribeAsync(connection, cancellationToken);

    public Task<ProviderResult<bool?>> GetSubscribedAsync(ProviderConnection connection, CancellationToken cancellationToken) => calls.GetSubscribedAsync(connection, cancellationToken);

    /// <summary>Without an override the app's own address gets the callbacks again.</summary>
    public Task<ProviderResult<bool>> RemoveWebhookAsync(ProviderConnection connection, Uri sink, CancellationToken cancellationToken) =>
        OverrideAsync(connection, "", "", cancellationToken);

    /// <summary>Meta has a test button on its page, and no call.</summary>
    public Task<ProviderResult<bool>> AskTestEventAsync(ProviderConnection connection, string token, CancellationToken cancellationToken) =>
        Task.FromResult(new ProviderResult<bool>(false, null));

    public Task<ProviderResult<NumberStanding>> GetNumberAsync(ProviderConnection connection, CancellationToken cancellationToken) => calls.GetNumberAsync(connection, cancellationToken);

    public async Task<ProviderResult<Uri?>> GetWebhookAsync(ProviderConnection connection, CancellationToken cancellationToken)
    {
        using var request = calls.Get(connection, $"{connection.PhoneNumberId}?fields=webhook_configuration");
        var result = await calls.CallAsync(connection, request, root => (object)(WebhookUrl(root) ?? (object)false), cancellationToken);
        return new(result.Value as Uri, result.Failure);
    }

    private static Uri? WebhookUrl(JsonElement root)
    {
        var configuration = root.TryGet("webhook_configuration"u8, out var inner) ? inner : default;
        var text = configuration.Text("phone_number"u8) ?? configuration.Text("whatsapp_business_account"u8) ?? configuration.Text("application"u8);
        return Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : null;
    }

    private static IReadOnlyList<ProviderNumber>? ReadNumbers(JsonElement root, string wabaId) =>
        !root.TryGetArray("data"u8, out var rows)
            ? null
            : [.. rows.EnumerateArray().Take(1_000)
                .Where(row => row.Digits("id"u8) is not null)
                .Select(row => new ProviderNumber(row.Digits("id"u8)!, wabaId, SessionIds.PhoneDigits(row.Text("display_phone_number"u8)), row.Line("verified_name"u8)))];
}
