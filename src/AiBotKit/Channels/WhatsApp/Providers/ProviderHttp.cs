using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using AiBotKit.Durability;
using AiBotKit.Hosting.Outbound;

namespace AiBotKit.Channels.WhatsApp.Providers;

/// <summary>Times and sizes of one call (fault matrix F15, F16).</summary>
internal sealed record ProviderLimits
{
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From the start to the last response header.</summary>
    public TimeSpan Headers { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>From the headers to the end of the body; with <see cref="Headers"/> 30 s in all.</summary>
    public TimeSpan Body { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>From the headers to the end of a media download.</summary>
    public TimeSpan Media { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes of an answer that are read; more is an unreadable answer.</summary>
    public int MaxBody { get; init; } = 256 * 1024;

    /// <summary>A longer wish of the provider is cut to this.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromMinutes(15);
}

/// <summary>How one HTTP exchange ended. Never an exception for what the other side did.</summary>
internal abstract record Exchange
{
    private Exchange()
    {
    }

    /// <param name="Body">Null when it was longer than allowed or broke off.</param>
    internal sealed record Answered(HttpStatusCode Status, byte[]? Body, string? MediaType, TimeSpan? RetryAfter) : Exchange
    {
        public bool IsSuccess => (int)Status is >= 200 and <= 299;
    }

    /// <summary>Nothing of the body left this machine: name, connection, TLS, or an address we refuse to call.</summary>
    internal sealed record NotSent(string Reason, bool Refused) : Exchange;

    /// <summary>Nothing was sent, because the message was overtaken while the connection was made. Says nothing about the provider.</summary>
    internal sealed record Overtaken : Exchange;

    /// <summary>Something was sent and no answer came.</summary>
    internal sealed record Unanswered(string Reason) : Exchange;
}

/// <summary>Sends requests through the outbound door with our own times and caps. One connection pool per configured endpoint, one for all others.</summary>
internal sealed class ProviderHttp(OutboundDoor door, ProviderLimits limits, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<OutboundEndpoint, Lazy<HttpClient>> configured = new();
    private readonly Lazy<HttpClient> open = new(() => door.CreateClient(new() { Purpose = "whatsapp", ConnectTimeout = limits.Connect }));

    public ProviderLimits Limits => limits;

    public async Task<Exchange> ExchangeAsync(ProviderConnection connection, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(limits.Headers, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        HttpResponseMessage response;
        try
        {
            response = await ClientFor(connection).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            if (request.Content is TrackedJson { Overtaken: true })
            {
                return new Exchange.Overtaken();
            }

            var started = request.Content is TrackedJson { Started: true };
            if (!started && cancellationToken.IsCancellationRequested)
            {
                throw;
            }

            return started || (request.Content is null && !IsRefused(exception) && IsBrokenOff(exception))
                ? new Exchange.Unanswered(timer.IsCancellationRequested ? "no answer in time" : "the connection broke off")
                : new Exchange.NotSent(Describe(exception), IsRefused(exception));
        }

        using (response)
        {
            (request.Content as TrackedJson)?.Progress.Answered();
            timer.CancelAfter(limits.Body);
            var body = await ReadAsync(response, both.Token);
            return new Exchange.Answered(response.StatusCode, body, response.Content.Headers.ContentType?.MediaType, RetryAfter(response.Headers.RetryAfter));
        }
    }

    /// <summary>Copies an answer's body to a stream; the answer itself (with its body) when it was no success.</summary>
    public async Task<(Exchange? Failure, MediaDownload? Media)> DownloadAsync(
        ProviderConnection connection, HttpRequestMessage request, Stream destination, long maxBytes, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(limits.Headers, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            using var response = await ClientFor(connection).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            timer.CancelAfter(limits.Media);
            if (!response.IsSuccessStatusCode)
            {
                return (new Exchange.Answered(response.StatusCode, await ReadAsync(response, both.Token), null, RetryAfter(response.Headers.RetryAfter)), null);
            }

            await using var source = await response.Content.ReadAsStreamAsync(both.Token);
            var buffer = new byte[64 * 1024];
            long total = 0;
            for (int read; (read = await source.ReadAsync(buffer, both.Token)) > 0;)
            {
                total += read;
                if (total > maxBytes)
                {
                    return (new Exchange.NotSent("the file is larger than allowed", Refused: true), null);
                }

                await destination.WriteAsync(buffer.AsMemory(0, read), both.Token);
            }

            return (null, new MediaDownload(total, response.Content.Headers.ContentType?.MediaType));
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (new Exchange.NotSent(Describe(exception), IsRefused(exception)), null);
        }
    }

    public void Dispose()
    {
        foreach (var client in configured.Values.Append(open).Where(client => client.IsValueCreated))
        {
            client.Value.Dispose();
        }
    }

    private HttpClient ClientFor(ProviderConnection connection)
    {
        if (!connection.BaseUrlFromConfiguration)
        {
            return open.Value;
        }

        return configured.GetOrAdd(OutboundEndpoint.Of(connection.BaseUrl), endpoint => new(() => door.CreateClient(new()
        {
            Purpose = "whatsapp",
            ConnectTimeout = limits.Connect,
            Configured = new HashSet<OutboundEndpoint> { endpoint },
        }))).Value;
    }

    private async Task<byte[]?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > limits.MaxBody)
        {
            return null;
        }

        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            using var body = new MemoryStream();
            var buffer = new byte[16 * 1024];
            for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                if (body.Length + read > limits.MaxBody)
                {
                    return null;
                }

                await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            return body.ToArray();
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            // The status has been read: what it says stands, the rest is unreadable. That also holds when our caller gives up here.
            return null;
        }
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wish = header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
        return wish is not { } wait ? null : wait < TimeSpan.Zero ? TimeSpan.Zero : wait > limits.MaxRetryAfter ? limits.MaxRetryAfter : wait;
    }

    private static bool IsBrokenOff(Exception exception) => exception is not HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError };

    private static bool IsRefused(Exception exception) => exception is OutboundRefusedException || exception.InnerException is OutboundRefusedException;

    private static string Describe(Exception exception) => exception switch
    {
        _ when IsRefused(exception) => "the address of the provider is not allowed",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "the provider's name could not be resolved",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "no secure connection to the provider could be made",
        OperationCanceledException => "the provider could not be reached in time",
        _ => "the provider could not be reached",
    };
}

/// <summary>A JSON body that asks before its first byte, knows whether that was handed over, and says when the last one was.</summary>
internal sealed class TrackedJson : HttpContent
{
    private readonly byte[] body;

    public TrackedJson(byte[] body, SendProgress progress)
    {
        this.body = body;
        Progress = progress;
        Headers.ContentType = new("application/json");
    }

    public SendProgress Progress { get; }

    /// <summary>From here on a failure does not mean that nothing was sent.</summary>
    public bool Started { get; private set; }

    /// <summary>The sender took it back before its first byte.</summary>
    public bool Overtaken { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (!await Progress.BeginAsync())
        {
            Overtaken = true;
            throw new OperationCanceledException("The message was overtaken before its first byte.");
        }

        Started = true;

        // The head waits in the connection's buffer until it is flushed, and so would the body.
        await stream.FlushAsync(cancellationToken);
        Progress.HeadersSent();
        await stream.WriteAsync(body, cancellationToken);
        await stream.FlushAsync(cancellationToken);
        Progress.BodyWritten();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
