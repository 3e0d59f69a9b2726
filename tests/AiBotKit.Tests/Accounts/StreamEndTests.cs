using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Tests.Fakes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Accounts;

/// <summary>An open stream ends with what it lives on, also when nobody ends that but time or a rule (S-A7, S-A8).</summary>
public sealed class StreamEndTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a key expires")]
    [InlineData("a session is not used")]
    [InlineData("a session is at its longest life")]
    [InlineData("a second factor is demanded")]
    public async Task A_stream_ends_within_seconds_when(string what)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var settings = new Dictionary<string, string?> { ["Accounts:SessionIdleHours"] = what == "a session is not used" ? "1" : "720", ["Accounts:SessionDays"] = "1" };
        await using var app = new AppFixture(settings, services => services.AddSingleton<TimeProvider>(time));
        using var ana = await Staff.OwnerAsync(app);
        using var client = what == "a key expires" ? Staff.Browser(app) : await Staff.InvitedAsync(app, ana, "ben@example.com", "agent");
        if (what == "a key expires")
        {
            using var made = await ana.PostAsJsonAsync("/api/api-keys", new { name = "till", role = "agent", expiresAt = time.GetUtcNow().AddHours(1) }, Stop);
            client.DefaultRequestHeaders.Authorization = new("Bearer", (await made.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("key").GetString());
        }

        using var answer = await client.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Stop));
        var ended = EndAsync(reader);

        // Alive as long as everything is as it was.
        for (var i = 0; i < 20; i++)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(20, Stop);
        }

        ended.IsCompleted.ShouldBeFalse();
        if (what == "a second factor is demanded")
        {
            using var api = app.Api();
            (await api.PatchAsJsonAsync("/api/account", new { requiresSecondFactor = true }, Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        else
        {
            time.Advance(what == "a session is at its longest life" ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1));
        }

        // Each step is shorter than the interval may be, and gives the server time to look.
        for (var i = 0; i < 600 && !ended.IsCompleted; i++)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(ended, Task.Delay(100, Stop));
        }

        ended.IsCompleted.ShouldBeTrue("nobody ended the stream");
    }

    [Fact]
    public async Task What_is_ended_between_the_authentication_and_the_stream_opens_none()
    {
        var between = new BetweenAuthenticationAndStream();
        await using var app = new AppFixture(services: services => services.AddSingleton<IAuthorizationMiddlewareResultHandler>(between));
        using var ana = await Staff.OwnerAsync(app);
        between.Act = () => app.Sql("DELETE FROM sessions");
        using var answer = await ana.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static async Task EndAsync(StreamReader reader)
    {
        try
        {
            while (await reader.ReadLineAsync(Stop) is not null)
            {
            }
        }
        catch (IOException)
        {
            // Cut, as it is meant.
        }
    }

    private sealed class BetweenAuthenticationAndStream : IAuthorizationMiddlewareResultHandler
    {
        private readonly AuthorizationMiddlewareResultHandler _inner = new();

        public Action? Act { get; set; }

        public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
        {
            if (context.Request.Path == "/api/events")
            {
                Act?.Invoke();
            }

            return _inner.HandleAsync(next, context, policy, authorizeResult);
        }
    }
}
