using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace AiBotKit.Hosting;

/// <summary>
/// The OpenAPI document of the REST API, served at <c>/openapi/v1.json</c> to everybody, as a page at <c>/api-docs</c> (it says what the source says, and nothing of the
/// installation) and checked in as <c>docs/api/openapi.json</c>. What all routes have in common is added here: the key, the page, the problems.
/// </summary>
internal static class ApiDocument
{
    private const string Key = "key";
    private const string Problem = "Problem";

    private static readonly Dictionary<int, string> Meanings = new()
    {
        [400] = "The body or a parameter is wrong; nothing was changed.",
        [401] = "Nobody is signed in, and the key is missing or wrong.",
        [402] = "The plan does not allow it; requiredPlan says which one does.",
        [403] = "Not allowed, or a cookie came from a foreign page.",
        [404] = "The account has nothing of that id.",
        [409] = "The circumstances refuse it; the code says which.",
        [413] = "More than 4 MB.",
        [415] = "The body is not application/json.",
        [422] = "The content cannot be processed; the code says why.",
        [503] = "The store cannot commit now; nothing was saved. Try again after Retry-After seconds.",
    };

    public static void AddApiDocument(this WebApplicationBuilder builder) => builder.Services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
    {
        Complete(document);
        return Task.CompletedTask;
    }));

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous();
        // Nothing of it comes from anywhere else, and nothing goes there.
        app.MapScalarApiReference("/api-docs", (options, context) => options
            .WithTitle("AI Bot Kit API")
            .WithOpenApiRoutePattern("/openapi/v1.json")
            .WithNonce(SecurityHeaders.Nonce(context))
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp()
            .HideClientButton()
            .WithFavicon("/favicon.svg")).AllowAnonymous();
    }

    private static void Complete(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "AI Bot Kit",
            Version = "v1",
            Description = "Conversations, knowledge and operation of one account. Every list takes limit (1 to 200, default 50) and cursor (the 'next' of the page before). Every error is a problem with a stable code.",
        };
        document.Servers = [];
        document.AddComponent(Key, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "The setting Api:Key, or the cookie of a signed-in person." });
        document.AddComponent(Problem, ProblemSchema());
        foreach (var (path, item) in document.Paths)
        {
            foreach (var (method, operation) in item.Operations ?? [])
            {
                DescribePage(operation);
                if (!path.EndsWith("/callback", StringComparison.Ordinal))
                {
                    operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Key, document)] = [] }];
                    DescribeProblems(document, operation, path, method != HttpMethod.Get);
                }
            }
        }
    }

    private static void DescribePage(OpenApiOperation operation)
    {
        if (operation.Parameters?.FirstOrDefault(p => p.Name == "limit") is OpenApiParameter limit)
        {
            limit.Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "200", Default = 50 };
            limit.Description = "How many.";
        }

        if (operation.Parameters?.FirstOrDefault(p => p.Name == "cursor") is OpenApiParameter cursor)
        {
            cursor.Description = "The 'next' of the page before.";
        }
    }

    private static void DescribeProblems(OpenApiDocument document, OpenApiOperation operation, string path, bool writes)
    {
        var responses = operation.Responses ??= [];
        var hasBody = operation.RequestBody is not null;
        int[] statuses =
        [
            .. hasBody || operation.Parameters is { Count: > 0 } ? [400] : Array.Empty<int>(), 401, 403,
            .. path.Contains('{', StringComparison.Ordinal) || hasBody ? [404] : Array.Empty<int>(), .. hasBody ? [413, 415] : Array.Empty<int>(), .. writes ? [503] : Array.Empty<int>(),
            .. responses.Keys.Where(key => key is "402" or "409" or "422").Select(key => int.Parse(key, System.Globalization.CultureInfo.InvariantCulture)),
        ];
        foreach (var status in statuses)
        {
            responses[status.ToString(System.Globalization.CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = Meanings[status],
                Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(Problem, document) } },
            };
        }

        operation.Responses = [];
        foreach (var (status, response) in responses.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            operation.Responses.Add(status, response);
        }
    }

    private static OpenApiSchema ProblemSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "status", "title", "code", "correlationId" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "One plain sentence." },
            ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Stable; to be compared by programs." },
            ["correlationId"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Finds the request in the server's log." },
        },
    };
}
