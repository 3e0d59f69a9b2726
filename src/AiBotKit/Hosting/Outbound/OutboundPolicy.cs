namespace AiBotKit.Hosting.Outbound;

/// <summary>What one purpose (a provider, a model, a download) may do on its way out.</summary>
internal sealed record OutboundPolicy
{
    /// <summary>For error messages, e.g. <c>whatsapp</c>.</summary>
    public required string Purpose { get; init; }

    /// <summary>
    /// Endpoints that the operator wrote in file, environment or command line: allowed for exactly that scheme, host and port,
    /// loopback and private addresses included (S-S9). Never put here what came through the UI or the API.
    /// </summary>
    public IReadOnlySet<OutboundEndpoint> Configured { get; init; } = new HashSet<OutboundEndpoint>();

    /// <summary>Refuse plain http except to <see cref="Configured"/> endpoints.</summary>
    public bool HttpsOnly { get; init; } = true;

    /// <summary>Ports allowed outside <see cref="Configured"/>; null allows any.</summary>
    public IReadOnlySet<int>? Ports { get; init; }

    /// <summary>DNS, TCP and TLS together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The whole request with its body; infinite when the caller keeps its own time.</summary>
    public TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;
}

/// <summary>Scheme, host and port, compared exactly after lower-casing.</summary>
internal sealed record OutboundEndpoint(string Scheme, string Host, int Port)
{
    public static OutboundEndpoint Of(Uri uri) => new(uri.Scheme, uri.IdnHost.ToLowerInvariant(), uri.Port);
}

/// <summary>The address or URL is not allowed. The message names no address, because users may see it (S-S7).</summary>
internal sealed class OutboundRefusedException(string message) : HttpRequestException(message);
