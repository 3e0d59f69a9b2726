using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Api;

/// <summary>What an address that leads nowhere answers, to whom, and that real pages lead to the sign-in as before.</summary>
public sealed class NowhereTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/no-such-page", true, 404, true)]
    [InlineData("/no/such/page?x=1", true, 404, true)]
    [InlineData("/no-such-page", false, 404, true)]
    [InlineData("/favicon.ico", true, 404, true)]
    [InlineData("/favicon.ico", false, 404, true)]
    [InlineData("/conversations/00000000-0000-4000-8000-000000000000", true, 404, true)]
    [InlineData("/conversations/00000000-0000-4000-8000-000000000000/contact", true, 404, true)]
    [InlineData("/conversations/not-an-id", true, 404, true)]
    [InlineData("/dead-letters/00000000-0000-4000-8000-000000000000", true, 404, true)]
    [InlineData("/bots/00000000-0000-4000-8000-000000000000", true, 404, true)]
    [InlineData("/conversations", true, 200, true)]
    [InlineData("/conversations", false, 302, false)]
    [InlineData("/conversations/00000000-0000-4000-8000-000000000000/contact", false, 302, false)]
    public async Task A_browser_gets_a_page_with_the_true_status(string path, bool signedIn, int status, bool isPage)
    {
        await using var two = await TwoAccounts.StartAsync();
        using var answer = await AskAsync(signedIn ? two.Person : two.Anonymous, path, "text/html,application/xhtml+xml");
        ((int)answer.StatusCode).ShouldBe(status);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        text.Contains("</html>", StringComparison.Ordinal).ShouldBe(isPage);
        text.Contains("There is nothing at this address", StringComparison.Ordinal).ShouldBe(status == 404);
        if (status == 404)
        {
            text.ShouldContain(signedIn ? "href=\"/\"" : "href=\"/sign-in\"");
            answer.Headers.Contains("Content-Security-Policy").ShouldBeTrue();
        }
        else if (status == 302)
        {
            answer.Headers.Location!.ToString().ShouldContain("/sign-in?returnUrl=");
        }
    }

    [Fact]
    public async Task A_conversation_is_there_for_its_own_account_only_and_so_are_its_parts()
    {
        await using var two = await TwoAccounts.StartAsync();
        foreach (var (client, path, status) in new[]
        {
            (two.Person, "", 200), (two.Person, "/contact", 200), (two.Person, "/no-such-part", 404), (two.Stranger, "", 404), (two.Stranger, "/contact", 404),
        })
        {
            using var answer = await AskAsync(client, $"/conversations/{two.Conversation}{path}", "text/html");
            ((int)answer.StatusCode).ShouldBe(status, path);
            (await answer.Content.ReadAsStringAsync(Stop)).Contains("There is nothing at this address", StringComparison.Ordinal).ShouldBe(status == 404, path);
        }
    }

    [Theory]
    [InlineData("/api/no-such-thing", true, 404, "not_found")]
    [InlineData("/api/no-such-thing", false, 401, "unauthorized")]
    [InlineData("/api/conversations/00000000-0000-4000-8000-000000000000/messages", true, 404, "not_found")]
    public async Task The_API_keeps_its_problems_even_for_a_browser(string path, bool signedIn, int status, string code)
    {
        await using var two = await TwoAccounts.StartAsync();
        using var answer = await AskAsync(signedIn ? two.Person : two.Anonymous, path, "text/html");
        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task A_program_that_asks_for_no_page_gets_a_bare_404()
    {
        await using var two = await TwoAccounts.StartAsync();
        using var answer = await AskAsync(two.Person, "/no-such-page", "image/png");
        ((int)answer.StatusCode).ShouldBe(404);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldBeEmpty();
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient client, string path, string accept)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(accept);
        return client.SendAsync(request, Stop);
    }
}
