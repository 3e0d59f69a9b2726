using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AiBotKit.Tests.Architecture;

namespace AiBotKit.Tests.Api;

/// <summary>
/// The checked-in table of who may do what (S-T1). In a row's path and body <c>{chatbot}</c>, <c>{document}</c> and so on stand for the id of
/// such a thing: see <see cref="TwoAccounts.Mine"/> for the names.
/// </summary>
internal static class RouteTable
{
    public const string Path = "tests/AiBotKit.Tests/Api/route-table.json";
    private static readonly string[] Order = ["GET", "PUT", "PATCH", "POST", "DELETE"];
    private static readonly string[] Combinations = ["oneOf", "anyOf", "allOf"];
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<RouteRow> Rows { get; } = JsonSerializer.Deserialize<List<RouteRow>>(File.ReadAllText(System.IO.Path.Combine(Repository.Root, Path)), Web)!;

    /// <summary>What deletes comes last, what is inside before what it is inside of.</summary>
    public static IEnumerable<RouteRow> InSafeOrder() => Rows.OrderBy(row => Array.IndexOf(Order, row.Method)).ThenByDescending(row => row.Method == "DELETE" ? row.Route : "", StringComparer.Ordinal);

    /// <summary>Ids in path, query and body (arrays and nested objects too) of the description that the table has no name at.</summary>
    public static IReadOnlyList<string> Untried(JsonNode document, IReadOnlyList<RouteRow> rows)
    {
        var missing = new List<string>();
        foreach (var (path, methods) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                var route = $"{method.ToUpperInvariant()} {path}";
                var row = rows.FirstOrDefault(row => row.Route.Replace(":guid", "", StringComparison.Ordinal).TrimEnd('/') == route);
                foreach (var parameter in operation!["parameters"]?.AsArray() ?? [])
                {
                    var (name, place) = (parameter!["name"]!.GetValue<string>(), parameter["in"]!.GetValue<string>());
                    var isTried = place == "query" ? row?.Path?.Contains(name + "={", StringComparison.Ordinal) : row is { Path: { } asked } && RouteRow.Name().IsMatch(asked.Split('?')[0]);
                    if (IsId(parameter["schema"]) && isTried != true)
                    {
                        missing.Add($"{route}: {name} in {place}");
                    }
                }

                var body = row?.Body?.GetRawText() ?? "";
                missing.AddRange(Ids(document, operation["requestBody"]?["content"]?["application/json"]?["schema"], "", 6)
                    .Where(name => !Regex.IsMatch(body, $"\"{name}\":\\s*\\[?\\s*\"\\{{"))
                    .Select(name => $"{route}: {name} in body"));
            }
        }

        return missing;
    }

    private static bool IsId(JsonNode? schema) => schema?["format"]?.GetValue<string>() == "uuid";

    private static IEnumerable<string> Ids(JsonNode document, JsonNode? schema, string name, int depth)
    {
        if (schema is not JsonObject || depth == 0)
        {
            return [];
        }

        if (schema["$ref"]?.GetValue<string>() is { } reference)
        {
            return Ids(document, document["components"]!["schemas"]![reference.Split('/')[^1]], name, depth - 1);
        }

        var choices = Combinations.SelectMany(key => schema[key]?.AsArray() ?? []).SelectMany(one => Ids(document, one, name, depth - 1));
        var members = (schema["properties"]?.AsObject() ?? []).SelectMany(member => Ids(document, member.Value, member.Key, depth - 1));
        return (IsId(schema) ? [name] : Enumerable.Empty<string>()).Concat(choices).Concat(members).Concat(Ids(document, schema["items"], name, depth - 1));
    }
}

/// <summary>Where in a row an id stands: the <paramref name="Number"/>th name of its path and body.</summary>
internal sealed record IdPlace(string Name, int Number);

/// <param name="Route">Method and pattern as the routing has them.</param>
/// <param name="Operator">For the first owner by cookie and for <c>Api:Key</c>.</param>
/// <param name="Key">For <c>Api:Key</c>, when it differs.</param>
/// <param name="Stranger">For an owner of another account.</param>
/// <param name="Path">What is asked for when the pattern alone does not say it.</param>
internal sealed partial record RouteRow(string Route, string Anonymous, string Agent, string Owner, string Operator, string Stranger, string? Key = null, string? Path = null, JsonElement? Body = null)
{
    public string Method => Route.Split(' ')[0];

    public bool IsApi => Route.Contains(" /api/", StringComparison.Ordinal);

    private string Asked => Path ?? Route.Split(' ')[1];

    /// <summary>Every id in path, query and body.</summary>
    public IReadOnlyList<IdPlace> Places() => [.. Name().Matches(Asked + Body?.GetRawText()).Select((match, number) => new IdPlace(match.Groups[1].Value, number))];

    /// <summary>The request with the ids of <paramref name="things"/>, at <paramref name="place"/> with <paramref name="instead"/>.</summary>
    public HttpRequestMessage Request(IReadOnlyDictionary<string, Guid> things, IdPlace? place = null, Guid instead = default)
    {
        var number = 0;
        string Filled(string text) => Name().Replace(text, match => (number++ == place?.Number ? instead : things[match.Groups[1].Value]).ToString());
        var request = new HttpRequestMessage(new HttpMethod(Method), Filled(Asked));
        if (Body is { } body)
        {
            request.Content = new StringContent(Filled(body.GetRawText()), Encoding.UTF8, "application/json");
        }

        return request;
    }

    /// <summary>A name in braces with nothing of a route pattern in it; the braces of a JSON object are followed by a quote.</summary>
    [GeneratedRegex(@"\{([a-zA-Z]+)\}")]
    public static partial Regex Name();
}
