using System.Globalization;
using System.Text;
using System.Text.Json;
using AiBotKit.Tests.Architecture;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Api;

/// <summary>
/// Every route of the running server against the checked-in table of who may do what (S-T1), and every id of one account in the hands of
/// another (S-T2). A route without a row fails, and so does a row without a route.
/// </summary>
public sealed class RouteTableTests
{
    private const string TablePath = "tests/AiBotKit.Tests/Api/route-table.json";
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_route_answers_every_role_as_the_table_says()
    {
        await using var two = await TwoAccounts.StartAsync();
        var wrong = Mismatches(Routes.All(two.App.Services), Table());
        foreach (var row in Table())
        {
            foreach (var (role, client, expected) in new[] { ("anonymous", two.Anonymous, row.Anonymous), ("person", two.Person, row.Person), ("key", two.Key, row.Key), ("stranger", two.Stranger, row.Stranger) })
            {
                using var answer = await client.SendAsync(Request(row, two), HttpCompletionOption.ResponseHeadersRead, Stop);
                var got = Class(answer);
                if (got != expected)
                {
                    wrong.Add($"{row.Route} for {role}: {got} instead of {expected}");
                }

                var isOwn = role is "person" or "key";
                if (!isOwn && got != "101" && (await answer.Content.ReadAsStringAsync(Stop)).Contains(TwoAccounts.Canary, StringComparison.Ordinal))
                {
                    wrong.Add($"{row.Route} for {role}: shows the first account's text");
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void A_route_without_a_row_and_a_row_without_a_route_are_reported()
    {
        var table = Table();
        var routes = table.Select(row => row.Route).Append("GET /api/planted").Except([table[0].Route]).ToList();
        Mismatches(routes, table).ShouldBe(["GET /api/planted: no row in " + TablePath, table[0].Route + ": there is no such route"]);
    }

    [Fact]
    public async Task Another_accounts_id_is_answered_like_one_that_never_was_and_changes_nothing()
    {
        await using var two = await TwoAccounts.StartAsync();
        var before = two.StoredState();
        foreach (var row in Table().Where(row => row.Route.Contains("{id", StringComparison.OrdinalIgnoreCase) && row.Route.Contains("/api/", StringComparison.Ordinal) && row.Stranger != "403"))
        {
            using var theirs = await two.Stranger.SendAsync(Request(row, two), Stop);
            using var nobodys = await two.Stranger.SendAsync(Request(row, two, Guid.NewGuid()), Stop);
            (await BodyAsync(theirs)).ShouldBe(await BodyAsync(nobodys), row.Route);
            theirs.StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound, row.Route);
        }

        foreach (var (path, body) in new[]
        {
            ("/api/knowledge/texts", """{"title":"t","text":"x","chatbot":"ID"}"""),
            ("/api/knowledge/questions", """{"question":"q","answer":"a","chatbot":"ID"}"""),
        })
        {
            var answers = new List<string>();
            foreach (var id in new[] { two.Chatbot.ToString(), TwoAccounts.Canary, Guid.NewGuid().ToString() })
            {
                using var content = new StringContent(body.Replace("ID", id, StringComparison.Ordinal), Encoding.UTF8, "application/json");
                using var answer = await two.Stranger.PostAsync(path, content, Stop);
                answers.Add(await BodyAsync(answer));
            }

            answers.Distinct().ShouldHaveSingleItem().ShouldStartWith("404");
        }

        two.StoredState().ShouldBe(before);
    }

    [Fact]
    public async Task Reading_twice_changes_nothing()
    {
        await using var two = await TwoAccounts.StartAsync();
        foreach (var client in new[] { two.Anonymous, two.Key, two.Person })
        {
            // The first look of a person may be noted (a conversation was opened); reading the same again never is.
            var before = "";
            for (var round = 0; round < 2; round++)
            {
                before = round == 0 ? two.StoredState() : before;
                foreach (var row in Table().Where(row => row.Route.StartsWith("GET ", StringComparison.Ordinal)))
                {
                    using var answer = await client.SendAsync(Request(row, two), HttpCompletionOption.ResponseHeadersRead, Stop);
                }
            }

            two.StoredState().ShouldBe(before);
        }
    }

    private static List<string> Mismatches(IReadOnlyCollection<string> routes, IReadOnlyList<Row> table) =>
    [
        .. routes.Except(table.Select(row => row.Route)).Select(route => $"{route}: no row in {TablePath}"),
        .. table.Select(row => row.Route).Except(routes).Select(route => route + ": there is no such route"),
    ];

    private static HttpRequestMessage Request(Row row, TwoAccounts two, Guid? instead = null)
    {
        var (method, path) = (row.Route.Split(' ')[0], row.Path ?? row.Route.Split(' ')[1]);
        var id = path.Contains("dead-letters", StringComparison.Ordinal) ? two.DeadLetter : path.Contains("documents", StringComparison.Ordinal) ? two.Document : path.Contains("accounts", StringComparison.Ordinal) ? two.Account : path.Contains("/connections/{", StringComparison.Ordinal) ? two.Connection : path.Contains("chatbots", StringComparison.Ordinal) ? two.Chatbot : two.Conversation;
        var request = new HttpRequestMessage(new HttpMethod(method), path.Replace("{id:guid}", (instead ?? id).ToString(), StringComparison.OrdinalIgnoreCase));
        if (row.Body is { } body)
        {
            request.Content = new StringContent(body.GetRawText(), Encoding.UTF8, "application/json");
        }

        return request;
    }

    /// <summary>The status, or for a redirect where it leads.</summary>
    private static string Class(HttpResponseMessage answer) => (int)answer.StatusCode is >= 300 and < 400 && answer.Headers.Location is { } location
        ? location.ToString().Contains("/sign-in", StringComparison.Ordinal) ? "sign-in" : "redirect"
        : ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);

    /// <summary>Status and body without the id that is different for every request.</summary>
    private static async Task<string> BodyAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Stop);
        var id = text.StartsWith('{') && JsonDocument.Parse(text).RootElement.TryGetProperty("correlationId", out var found) ? found.GetString()! : "-";
        return $"{(int)answer.StatusCode} {answer.Content.Headers.ContentType} {text.Replace(id, "", StringComparison.Ordinal)}";
    }

    private static List<Row> Table() => JsonSerializer.Deserialize<List<Row>>(File.ReadAllText(Path.Combine(Repository.Root, TablePath)), Web)!;

    /// <param name="Route">Method and pattern as the routing has them.</param>
    /// <param name="Path">What is asked for when the pattern alone does not say it.</param>
    private sealed record Row(string Route, string Anonymous, string Person, string Key, string Stranger, string? Path = null, JsonElement? Body = null);
}
