using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace AiBotKit.Tests.Api;

/// <summary>The routes of a running server, as its own routing knows them.</summary>
internal static class Routes
{
    /// <summary>Stands for the files of wwwroot, whose names change with their content.</summary>
    public const string StaticAsset = "GET (static asset)";

    public static IEnumerable<RouteEndpoint> Endpoints(IServiceProvider services) =>
        services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    /// <summary>Method and pattern, e.g. <c>GET /api/gaps</c>; each once.</summary>
    public static IReadOnlyList<string> All(IServiceProvider services) => [.. Endpoints(services).SelectMany(Names).Distinct().Order(StringComparer.Ordinal)];

    public static IEnumerable<string> Names(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null
        ? [StaticAsset]
        : Methods(endpoint).Select(method => $"{method} /{endpoint.RoutePattern.RawText?.TrimStart('/')}");

    private static IEnumerable<string> Methods(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods.Where(method => method != "HEAD") : ["GET"];
}
