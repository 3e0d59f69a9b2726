using System.Net;
using System.Net.Sockets;

namespace AiBotKit.Hosting.Outbound;

/// <summary>
/// The only place that makes an HttpClient. A name is resolved once, every answer is checked, and the connection goes to a
/// checked address, so that a second DNS answer cannot matter (S-S1..S-S9). No redirects, no proxy, no cookies, no
/// decompression, no trace headers to strangers. Clients are meant to be kept; each has its own connection pool.
/// </summary>
internal sealed class OutboundDoor
{
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve;
    private readonly Func<IPEndPoint, CancellationToken, ValueTask<Stream>> connect;

    public OutboundDoor()
        : this(Dns.GetHostAddressesAsync, ConnectSocketAsync)
    {
    }

    /// <summary>For tests: other names and another wire.</summary>
    internal OutboundDoor(
        Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        Func<IPEndPoint, CancellationToken, ValueTask<Stream>> connect)
    {
        this.resolve = resolve;
        this.connect = connect;
    }

    /// <param name="outermost">Sees every request before the door and every answer after it.</param>
    public HttpClient CreateClient(OutboundPolicy policy, DelegatingHandler? outermost = null)
    {
        var sockets = new SocketsHttpHandler
        {
            ConnectCallback = (context, token) => ConnectAsync(policy, context, token),
            ConnectTimeout = policy.ConnectTimeout,
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = 32,
            MaxResponseDrainSize = 64 * 1024,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(50),
        };
        HttpMessageHandler handler = new UrlGuard(policy, sockets);
        if (outermost is not null)
        {
            outermost.InnerHandler = handler;
            handler = outermost;
        }

        return new HttpClient(handler) { Timeout = policy.Timeout };
    }

    /// <summary>A connection for what is not HTTP (mail), under the same rules.</summary>
    /// <exception cref="HttpRequestException">The name has no address, or one that is not allowed.</exception>
    public ValueTask<Stream> ConnectAsync(OutboundPolicy policy, OutboundEndpoint endpoint, CancellationToken cancellationToken) => ConnectAsync(policy, endpoint.Scheme, endpoint.Host, endpoint.Port, cancellationToken);

    private ValueTask<Stream> ConnectAsync(OutboundPolicy policy, SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        ConnectAsync(policy, context.InitialRequestMessage.RequestUri?.Scheme ?? "", context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);

    private async ValueTask<Stream> ConnectAsync(OutboundPolicy policy, string scheme, string host, int port, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);
        if (addresses.Length == 0)
        {
            throw new HttpRequestException(HttpRequestError.NameResolutionError, "the name has no address");
        }

        var isConfigured = policy.Configured.Contains(new(scheme, host.ToLowerInvariant(), port));
        if (!isConfigured && !Array.TrueForAll(addresses, AddressRules.IsPublic))
        {
            throw new OutboundRefusedException($"{policy.Purpose}: the host has an address that is not public");
        }

        for (var i = 0; ; i++)
        {
            try
            {
                return await connect(new IPEndPoint(addresses[i], port), cancellationToken);
            }
            catch (SocketException) when (i + 1 < addresses.Length)
            {
                // The next checked address is tried; the last one's failure is the caller's.
            }
        }
    }

    private static async ValueTask<Stream> ConnectSocketAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Judges the same Uri object that the socket is opened for (S-S5).</summary>
    private sealed class UrlGuard(OutboundPolicy policy, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Refusal(request) is { } reason)
            {
                throw new OutboundRefusedException($"{policy.Purpose}: {reason}");
            }

            return base.SendAsync(request, cancellationToken);
        }

        private string? Refusal(HttpRequestMessage request)
        {
            if (request.RequestUri is not { IsAbsoluteUri: true } uri || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            {
                return "only http and https addresses are called";
            }

            if (uri.UserInfo.Length > 0)
            {
                return "an address with a user name is refused";
            }

            if (request.Headers.Host is not null)
            {
                return "a request may not name another host than it connects to";
            }

            if (policy.Configured.Contains(OutboundEndpoint.Of(uri)))
            {
                return null;
            }

            return policy.HttpsOnly && uri.Scheme != Uri.UriSchemeHttps ? "only https is allowed"
                : policy.Ports is { } ports && !ports.Contains(uri.Port) ? "the port is not allowed"
                : IPAddress.TryParse(uri.IdnHost, out var literal) && !AddressRules.IsPublic(literal) ? "the address is not public"
                : null;
        }
    }
}
