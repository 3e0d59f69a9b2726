using System.Text.Json;
using AiBotKit.Durability;
using AiBotKit.Hosting.Outbound;

namespace AiBotKit.Channels.WhatsApp.Providers;

/// <summary>What both providers have in common: Meta's bodies and answers under a base address, with a provider's own way to show the key.</summary>
internal sealed class ProviderCalls(ProviderHttp http, Action<HttpRequestMessage, ApiKey> authorize)
{
    public async Task<SendOutcome> SendTextAsync(
        ProviderConnection connection, Recipient recipient, string text, string opaqueKey, string? replyTo, SendProgress progress, CancellationToken cancellationToken)
    {
        if (text.Length is 0 or > ProviderBodies.MaxText)
        {
            return new SendOutcome.Rejected(RejectionKind.Final, null, "The message is empty or longer than WhatsApp allows. The customer did not get this message. Shorten it.");
        }

        using var request = Post(connection, $"{connection.PhoneNumberId}/messages", ProviderBodies.Text(recipient, text, opaqueKey, replyTo), progress);
        return ProviderAnswers.OfSend(await http.ExchangeAsync(connection, request, cancellationToken));
    }

    public async Task<SendOutcome> SendTemplateAsync(ProviderConnection connection, Recipient recipient, string template, string opaqueKey, SendProgress progress, CancellationToken cancellationToken)
    {
        using var request = Post(connection, $"{connection.PhoneNumberId}/messages", ProviderBodies.Template(recipient, template, opaqueKey), progress);
        return ProviderAnswers.OfSend(await http.ExchangeAsync(connection, request, cancellationToken));
    }

    public async Task<ProviderResult<TemplatePage>> GetTemplatesAsync(ProviderConnection connection, string? after, CancellationToken cancellationToken)
    {
        if (!KnowsAccount(connection))
        {
            return ProviderAnswers.Failed<TemplatePage>(RejectionKind.Final, null, "The id of the WhatsApp Business Account (WABA id) of this number is not known.");
        }

        using var request = Get(connection, $"{connection.WabaId}/message_templates?limit={TemplateAnswers.PageSize}{(after is null ? "" : "&after=" + Uri.EscapeDataString(after))}");
        return ProviderAnswers.OfCall(await http.ExchangeAsync(connection, request, cancellationToken), TemplateAnswers.Read);
    }

    public async Task<ProviderResult<bool>> SubscribeAsync(ProviderConnection connection, CancellationToken cancellationToken)
    {
        if (!KnowsAccount(connection))
        {
            return new(false, null);
        }

        using var request = Post(connection, $"{connection.WabaId}/subscribed_apps", "{}"u8.ToArray(), null);
        return Done(await http.ExchangeAsync(connection, request, cancellationToken));
    }

    public async Task<ProviderResult<bool?>> GetSubscribedAsync(ProviderConnection connection, CancellationToken cancellationToken)
    {
        if (!KnowsAccount(connection))
        {
            return new(null, null);
        }

        using var request = Get(connection, $"{connection.WabaId}/subscribed_apps");
        var answer = ProviderAnswers.OfCall(await http.ExchangeAsync(connection, request, cancellationToken), static root => root.TryGetArray("data"u8, out var apps) ? (object)(apps.GetArrayLength() > 0) : null);
        return new(answer.Value as bool?, answer.Failure);
    }

    private static bool KnowsAccount(ProviderConnection connection) => connection.WabaId.Length > 0 && connection.WabaId.All(char.IsAsciiDigit);

    public async Task<ProviderResult<bool>> MarkReadAsync(ProviderConnection connection, string messageId, bool typing, CancellationToken cancellationToken)
    {
        using var request = Post(connection, $"{connection.PhoneNumberId}/messages", ProviderBodies.MarkRead(messageId, typing), null);
        return Done(await http.ExchangeAsync(connection, request, cancellationToken));
    }

    public async Task<ProviderResult<MediaInfo>> GetMediaAsync(ProviderConnection connection, string mediaId, CancellationToken cancellationToken)
    {
        if (!IsMediaId(mediaId))
        {
            return ProviderAnswers.Failed<MediaInfo>(RejectionKind.Final, null, "The id of the file is not one of WhatsApp's.");
        }

        using var request = Get(connection, $"{mediaId}?phone_number_id={connection.PhoneNumberId}");
        return ProviderAnswers.OfCall(await http.ExchangeAsync(connection, request, cancellationToken), root =>
            Uri.TryCreate(root.Text("url"u8), UriKind.Absolute, out var url)
                ? new MediaInfo(mediaId, url, root.Line("mime_type"u8), root.Line("sha256"u8), long.TryParse(root.Text("file_size"u8), out var size) ? size : null)
                : null);
    }

    public async Task<ProviderResult<NumberStanding>> GetNumberAsync(ProviderConnection connection, CancellationToken cancellationToken)
    {
        using var request = Get(connection, $"{connection.PhoneNumberId}?fields=quality_rating,throughput");
        var answer = ProviderAnswers.OfCall(
            await http.ExchangeAsync(connection, request, cancellationToken),
            static root => new NumberStanding(root.Line("quality_rating"u8), root.TryGet("throughput"u8, out var throughput) ? throughput.Line("level"u8) : null));
        return answer.Failure is { Kind: RejectionKind.Final or RejectionKind.OwnerNeeded } ? new(new NumberStanding(null, null), null) : answer;
    }

    public async Task<ProviderResult<MediaDownload>> DownloadAsync(
        ProviderConnection connection, HttpRequestMessage request, Stream destination, long maxBytes, CancellationToken cancellationToken)
    {
        var (failure, media) = await http.DownloadAsync(connection, request, destination, maxBytes, cancellationToken);
        return media is not null ? new(media, null) : ProviderAnswers.OfCall<MediaDownload>(failure!, _ => null);
    }

    public async Task<ProviderResult<T>> CallAsync<T>(ProviderConnection connection, HttpRequestMessage request, Func<JsonElement, T?> read, CancellationToken cancellationToken) =>
        ProviderAnswers.OfCall(await http.ExchangeAsync(connection, request, cancellationToken), read);

    /// <summary>Success bodies are not published: 2xx without an error in it is enough, readable or not (wire facts 1.3).</summary>
    public static ProviderResult<bool> Done(Exchange exchange)
    {
        var result = ProviderAnswers.OfCall(exchange, _ => (object?)true);
        return result.Succeeded || exchange is Exchange.Answered { IsSuccess: true } && result.Failure!.Code is null && result.Failure.Kind == RejectionKind.Retry
            ? new(true, null)
            : new(false, result.Failure);
    }

    /// <summary>A call that a provider need not have: a refusal that speaks of no such thing is a false, not a failure.</summary>
    public static ProviderResult<bool> Optional(ProviderResult<bool> result) =>
        result.Failure is { Kind: RejectionKind.Final or RejectionKind.OwnerNeeded } ? new(false, null) : result;

    public async Task<ProviderResult<bool>> DoAsync(ProviderConnection connection, HttpRequestMessage request, CancellationToken cancellationToken) =>
        Done(await http.ExchangeAsync(connection, request, cancellationToken));

    public HttpRequestMessage Get(ProviderConnection connection, string path) => Authorized(connection, new(HttpMethod.Get, At(connection, path)));

    public HttpRequestMessage Post(ProviderConnection connection, string path, byte[] body, SendProgress? progress) =>
        Authorized(connection, new(HttpMethod.Post, At(connection, path)) { Content = new TrackedJson(body, progress ?? SendProgress.None) });

    /// <summary>Attaches the key after an exact match of scheme, host and port with the connection's own address, or with <paramref name="also"/> (S-S6).</summary>
    public HttpRequestMessage Authorized(ProviderConnection connection, HttpRequestMessage request, OutboundEndpoint? also = null)
    {
        var target = OutboundEndpoint.Of(request.RequestUri!);
        if (target == OutboundEndpoint.Of(connection.BaseUrl) || target == also)
        {
            authorize(request, connection.ApiKey);
        }

        return request;
    }

    /// <summary>Anything but digits could leave the path of the URL.</summary>
    public static bool IsMediaId(string mediaId) => mediaId.Length is > 0 and <= 40 && mediaId.All(char.IsAsciiDigit);

    private static Uri At(ProviderConnection connection, string path) => new($"{connection.BaseUrl.AbsoluteUri.TrimEnd('/')}/{path}");
}
