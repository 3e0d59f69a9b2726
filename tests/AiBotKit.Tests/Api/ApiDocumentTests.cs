using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiBotKit.Tests.Architecture;
using AiBotKit.Tests.Fakes;
using Microsoft.AspNetCore.Routing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Api;

/// <summary>The served OpenAPI document and its checked-in copy.</summary>
public sealed class ApiDocumentTests
{
    private const string CopyPath = "docs/api/openapi.json";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task The_checked_in_document_is_the_served_one()
    {
        await using var app = new AppFixture();
        var served = await ServedAsync(app);
        var path = Path.Combine(Repository.Root, CopyPath);
        if (Environment.GetEnvironmentVariable("AIBOTKIT_UPDATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, served.ToJsonString(Indented) + "\n", TestContext.Current.CancellationToken);
        }

        var copy = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        JsonNode.DeepEquals(copy, served).ShouldBeTrue(
            $"{CopyPath} is not what the server says any more. When the change of the API is meant, run this test with AIBOTKIT_UPDATE=1 and commit the file. Served:\n{served.ToJsonString(Indented)}");
    }

    [Fact]
    public async Task Every_route_of_the_API_is_described_with_its_answers()
    {
        await using var app = new AppFixture();
        var paths = (await ServedAsync(app))["paths"]!.AsObject();
        foreach (var endpoint in Routes.Endpoints(app.Services).Where(e => e.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal)))
        {
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                var operation = paths[endpoint.RoutePattern.RawText!.Replace(":guid", "", StringComparison.Ordinal).TrimEnd('/')]?[method.ToLowerInvariant()];
                operation.ShouldNotBeNull($"{method} {endpoint.RoutePattern.RawText}");
                operation["operationId"].ShouldNotBeNull();
                operation["summary"].ShouldNotBeNull();
                operation["responses"]!.AsObject().Select(one => one.Key).ShouldContain(status => status.StartsWith('2'));
                operation["responses"]!.AsObject().Select(one => one.Key).ShouldContain(status => status == "401" || status == "403");
            }
        }
    }

    private static async Task<JsonNode> ServedAsync(AppFixture app)
    {
        using var nobody = app.Anonymous();
        return JsonNode.Parse(await nobody.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken))!;
    }
}
