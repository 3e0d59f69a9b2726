using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Api;

/// <summary>What is wrong is answered with a problem and its code, and changes nothing.</summary>
public sealed class InvalidRequestTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_route_that_takes_a_body_refuses_a_wrong_one_with_a_code_and_keeps_everything()
    {
        await using var two = await TwoAccounts.StartAsync();
        var before = two.StoredState();
        var routes = Routes.Endpoints(two.App.Services)
            .Where(e => e.Metadata.GetMetadata<IAcceptsMetadata>() is { RequestType: not null } accepts && accepts.ContentTypes.Contains("application/json")).ToList();
        routes.Count.ShouldBeGreaterThanOrEqualTo(3);
        foreach (var route in routes)
        {
            var wrongTypes = "{" + string.Join(',', route.Metadata.GetMetadata<IAcceptsMetadata>()!.RequestType!.GetProperties()
                .Select(p => $"\"{JsonNamingPolicy.CamelCase.ConvertName(p.Name)}\":{{\"a\":[1]}}")) + "}";
            foreach (var (body, type, expected) in new[]
            {
                ("", "application/json", 400), ("{", "application/json", 400), ("null", "application/json", 400), ("[]", "application/json", 400), ("\"text\"", "application/json", 400),
                ("{}", "application/json", 400), ("\u0000", "application/json", 400), (new string('[', 5000), "application/json", 400), (wrongTypes, "application/json", 400), ("{}", "text/plain", 415), ("a=b", "application/x-www-form-urlencoded", 415),
            })
            {
                if (body is "" or "{}" or "null" && route.RoutePattern.RawText!.EndsWith("/secret", StringComparison.Ordinal))
                {
                    // Nothing has to be said there: the server makes the secret.
                    continue;
                }

                var at = $"{route.RoutePattern.RawText} {type} {body[..Math.Min(20, body.Length)]}";
                using var request = new HttpRequestMessage(
                    new HttpMethod(route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]),
                    route.RoutePattern.RawText!.Replace("{id:guid}", IdFor(route.RoutePattern.RawText, two).ToString(), StringComparison.Ordinal));
                request.Content = new StringContent(body, Encoding.UTF8, type);
                using var answer = await two.Key.SendAsync(request, Stop);
                ((int)answer.StatusCode).ShouldBe(expected, at);
                await ShouldBeProblemAsync(answer, at);
            }
        }

        two.StoredState().ShouldBe(before);
    }

    private static Guid IdFor(string route, TwoAccounts two) =>
        route.Contains("/chatbots/", StringComparison.Ordinal) ? two.Chatbot : route.Contains("/connections/", StringComparison.Ordinal) ? two.Connection : two.Conversation;

    [Fact]
    public async Task A_form_without_its_token_is_refused_and_keeps_everything()
    {
        await using var two = await TwoAccounts.StartAsync();
        var before = two.StoredState();
        foreach (var path in new[] { "/account/setup", "/account/sign-up", "/account/sign-in", "/account/second-factor", "/account/sign-out", "/account/forgot-password", "/account/reset-password", "/account/accept-invitation" })
        {
            foreach (var type in new[] { "application/x-www-form-urlencoded", "application/json", "text/plain" })
            {
                using var content = new StringContent("%00=%", Encoding.UTF8, type);
                using var answer = await two.Anonymous.PostAsync(path, content, Stop);
                ((int)answer.StatusCode).ShouldBeOneOf(400, 401);
                await ShouldBeProblemAsync(answer, path);
            }
        }

        two.StoredState().ShouldBe(before);
    }

    [Theory]
    [InlineData("GET", "/api/nothing", 404, "not_found")]
    [InlineData("GET", "/api", 404, "not_found")]
    [InlineData("GET", "/api/conversations/not-an-id/messages", 404, "not_found")]
    [InlineData("GET", "/api/conversations/00000000-0000-4000-8000-000000000000/messages", 404, "not_found")]
    [InlineData("DELETE", "/api/conversations", 405, "method_not_allowed")]
    [InlineData("PUT", "/api/whatsapp/callback", 405, "method_not_allowed")]
    [InlineData("GET", "/api/gaps?limit=0", 400, "bad_page")]
    [InlineData("GET", "/api/gaps?limit=201", 400, "bad_page")]
    [InlineData("GET", "/api/gaps?limit=many", 400, "bad_page")]
    [InlineData("GET", "/api/gaps?cursor=x", 400, "bad_page")]
    [InlineData("GET", "/api/conversations?limit=-1", 400, "bad_page")]
    [InlineData("GET", "/api/dead-letters?limit=1e3", 400, "bad_page")]
    public async Task An_error_of_the_API_is_a_problem_with_its_code(string method, string path, int status, string code)
    {
        await using var two = await TwoAccounts.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await two.Key.SendAsync(request, Stop);
        ((int)answer.StatusCode).ShouldBe(status);
        (await ShouldBeProblemAsync(answer, path)).ShouldBe(code);
    }

    [Fact]
    public async Task Nobody_and_a_foreign_page_are_told_by_a_problem_too()
    {
        await using var two = await TwoAccounts.StartAsync();
        using var nobody = await two.Anonymous.GetAsync("/api/conversations", Stop);
        nobody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await ShouldBeProblemAsync(nobody, "nobody")).ShouldBe("unauthorized");
        using var foreign = new HttpRequestMessage(HttpMethod.Patch, $"/api/conversations/{two.Conversation}") { Content = JsonContent.Create(new { aiReplies = false }) };
        foreign.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var refused = await two.Person.SendAsync(foreign, Stop);
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await ShouldBeProblemAsync(refused, "foreign")).ShouldBe("foreign_origin");
    }

    [Fact]
    public async Task Unknown_and_read_only_members_are_ignored()
    {
        await using var two = await TwoAccounts.StartAsync();
        using var answer = await two.Stranger.PostAsJsonAsync("/api/knowledge/texts", new { title = "t", text = "x", accountId = two.Chatbot, id = two.Chatbot, role = "operator", quota = 9 }, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("id").GetGuid().ShouldNotBe(two.Chatbot);
    }

    private static async Task<string> ShouldBeProblemAsync(HttpResponseMessage answer, string at)
    {
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", at);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        problem.GetProperty("status").GetInt32().ShouldBe((int)answer.StatusCode, at);
        problem.GetProperty("title").GetString().ShouldNotBeNullOrWhiteSpace(at);
        problem.GetProperty("correlationId").GetString().ShouldNotBeNullOrWhiteSpace(at);
        return problem.GetProperty("code").GetString()!;
    }
}
