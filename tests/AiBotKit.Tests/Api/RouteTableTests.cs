using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Api;

/// <summary>
/// Every route of the running server against the checked-in table of who may do what (S-T1), and every id of one account in the hands of
/// another (S-T2). A route without a row fails, and so does a row without a route.
/// </summary>
public sealed class RouteTableTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("anonymous")]
    [InlineData("agent")]
    [InlineData("owner")]
    [InlineData("operator")]
    [InlineData("key")]
    [InlineData("stranger")]
    public async Task Every_route_answers_every_role_as_the_table_says(string role)
    {
        // Each role has a product of its own, so that no cell depends on what another role has changed.
        await using var two = await TwoAccounts.StartAsync();
        var wrong = Mismatches(Routes.All(two.App.Services), RouteTable.Rows);
        foreach (var row in RouteTable.InSafeOrder())
        {
            var (client, expected) = role switch
            {
                "anonymous" => (two.Anonymous, row.Anonymous),
                "agent" => (two.Agent, row.Agent),
                "owner" => (two.Owner, row.Owner),
                "operator" => (two.Person, row.Operator),
                "key" => (two.Key, row.Key ?? row.Operator),
                _ => (two.Stranger, row.Stranger),
            };
            using var answer = await client.SendAsync(row.Request(two.Mine), HttpCompletionOption.ResponseHeadersRead, Stop);
            var got = Class(answer);
            if (got != expected)
            {
                wrong.Add($"{row.Route} for {role}: {got} instead of {expected}");
            }

            // A stream has no end to read to: EventStreamTests says what another account hears.
            if (role is "anonymous" or "stranger" && got != "101" && answer.Content.Headers.ContentType?.MediaType != "text/event-stream" && (await answer.Content.ReadAsStringAsync(Stop)).Contains(TwoAccounts.Canary, StringComparison.Ordinal))
            {
                wrong.Add($"{row.Route} for {role}: shows the first account's text");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void A_route_without_a_row_and_a_row_without_a_route_are_reported()
    {
        var table = RouteTable.Rows;
        var routes = table.Select(row => row.Route).Append("GET /api/planted").Except([table[0].Route]).ToList();
        Mismatches(routes, table).ShouldBe(["GET /api/planted: no row in " + RouteTable.Path, table[0].Route + ": there is no such route"]);
    }

    [Fact]
    public async Task Another_accounts_id_is_answered_like_one_that_never_was_and_changes_nothing()
    {
        await using var two = await TwoAccounts.StartAsync();
        var before = two.StoredState();
        var tried = 0;

        // What only an operator may do is refused before any id is read: the other table has that cell.
        foreach (var row in RouteTable.InSafeOrder().Where(row => row.Stranger != "403"))
        {
            foreach (var place in row.Places())
            {
                // All other ids of the request are the stranger's own, so that only this one can be what refuses it.
                using var theirs = await two.Stranger.SendAsync(row.Request(two.Theirs, place, two.Mine[place.Name]), Stop);
                using var nobodys = await two.Stranger.SendAsync(row.Request(two.Theirs, place, Guid.NewGuid()), Stop);
                var at = $"{row.Route} {place.Name} {place.Number}";
                // A page may answer 200 with nothing of it on it, like for an id that never was: the other table has that cell too.
                var expected = row.IsApi ? "404" : row.Stranger;
                Class(theirs).ShouldBe(expected, at);
                Class(nobodys).ShouldBe(expected, at);
                if (row.IsApi)
                {
                    (await BodyAsync(theirs)).ShouldBe(await BodyAsync(nobodys), at);
                }

                tried++;
            }
        }

        tried.ShouldBeGreaterThan(5);
        two.StoredState().ShouldBe(before);
    }

    [Fact]
    public async Task The_same_requests_with_ids_of_ones_own_are_done()
    {
        await using var two = await TwoAccounts.StartAsync();
        foreach (var row in RouteTable.InSafeOrder().Where(row => row.Stranger != "403" && row.Places().Count > 0))
        {
            using var answer = await two.Stranger.SendAsync(row.Request(two.Theirs), HttpCompletionOption.ResponseHeadersRead, Stop);
            Class(answer).ShouldBe(row.Owner, row.Route);
        }
    }

    /// <summary>An id that the description of the API knows and the table does not try would be an id that nobody tries.</summary>
    [Fact]
    public async Task Every_id_that_a_route_takes_is_tried()
    {
        await using var two = await TwoAccounts.StartAsync();
        var document = JsonNode.Parse(await two.Anonymous.GetStringAsync("/openapi/v1.json", Stop))!;
        RouteTable.Untried(document, RouteTable.Rows).ShouldBeEmpty();
        var withoutIds = RouteTable.Rows.Select(row => row with { Path = null, Body = null }).ToList();
        RouteTable.Untried(document, withoutIds).ShouldContain("DELETE /api/knowledge/documents/{id}: id in path");
    }

    [Fact]
    public async Task A_chatbots_name_is_no_way_around_its_account()
    {
        await using var two = await TwoAccounts.StartAsync();
        foreach (var chatbot in new[] { two.Chatbot.ToString(), TwoAccounts.Canary, Guid.NewGuid().ToString(), "no such name" })
        {
            using var answer = await two.Stranger.PostAsJsonAsync("/api/knowledge/texts", new { title = "t", text = "x", chatbot }, Stop);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, chatbot);
        }
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
                foreach (var row in RouteTable.Rows.Where(row => row.Route.StartsWith("GET ", StringComparison.Ordinal)))
                {
                    using var answer = await client.SendAsync(row.Request(two.Mine), HttpCompletionOption.ResponseHeadersRead, Stop);
                }
            }

            two.StoredState().ShouldBe(before);
        }
    }

    private static List<string> Mismatches(IReadOnlyCollection<string> routes, IReadOnlyList<RouteRow> table) =>
    [
        .. routes.Except(table.Select(row => row.Route)).Select(route => $"{route}: no row in {RouteTable.Path}"),
        .. table.Select(row => row.Route).Except(routes).Select(route => route + ": there is no such route"),
    ];

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
}
