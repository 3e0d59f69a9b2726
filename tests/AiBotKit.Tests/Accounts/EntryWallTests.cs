using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiBotKit.Accounts;
using AiBotKit.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Accounts;

/// <summary>The entry as it meets the network: the set-up link, the cookie on https, whose address counts, and what an end closes.</summary>
public sealed partial class EntryWallTests
{
    private static readonly TimeSpan Ceiling = TimeSpan.FromMinutes(4);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_session_cookie_on_https_is_bound_to_the_host_and_kept_from_scripts_and_other_sites()
    {
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Http:KnownProxies"] = "127.0.0.1" });
        var token = await app.Get<SetupLink>().IssueAsync();
        using var browser = app.Anonymous();
        browser.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        browser.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        using var request = Forms.Filled(
            "/account/setup", await browser.GetStringAsync("/setup?token=" + token, Stop), ("token", token), ("email", "ana@example.com"), ("displayName", "Ana"), ("password", Staff.Password));
        request.Headers.Add("Origin", "https://" + app.Address.Authority);
        using var answer = await browser.SendAsync(request, Stop);
        answer.Headers.Location!.ToString().ShouldBe("/");
        var cookies = answer.Headers.GetValues("Set-Cookie").ToList();
        cookies.ShouldNotContain(one => one.StartsWith(SessionCookies.PlainName + "=", StringComparison.Ordinal));
        var parts = cookies.Single(one => one.StartsWith("__Host-aibotkit=", StringComparison.Ordinal)).Split("; ");
        foreach (var wanted in new[] { "secure", "httponly", "samesite=lax", "path=/" })
        {
            parts.ShouldContain(wanted);
        }

        parts.ShouldNotContain(part => part.StartsWith("domain", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_forwarded_address_of_a_proxy_that_is_not_listed_gives_no_new_tries()
    {
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Http:AllowInsecure"] = "true" });
        using var browser = Staff.Browser(app);
        var html = await browser.GetStringAsync("/sign-in", Stop);
        for (var i = 0; i <= SignInLimits.PerAddress; i++)
        {
            using var request = Forms.Filled("/account/sign-in", html, ("email", $"somebody-{i}@example.com"), ("password", ""));
            request.Headers.Add("X-Forwarded-For", $"203.0.113.{i}");
            using var answer = await browser.SendAsync(request, Stop);
            answer.StatusCode.ShouldBe(i < SignInLimits.PerAddress ? HttpStatusCode.Redirect : HttpStatusCode.TooManyRequests, $"{i}");
        }
    }

    [Theory]
    [InlineData("signing out")]
    [InlineData("deactivation")]
    public async Task An_end_closes_stream_and_socket_without_any_time_passing(string how)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var app = new AppFixture(services: services => services.AddSingleton<TimeProvider>(time));
        using var ana = await Staff.OwnerAsync(app);
        using var ben = await Staff.InvitedAsync(app, ana, "ben@example.com", "agent");
        using var answer = await ben.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Stop));
        using var socket = await SocketAsync(app, ben);
        var (stream, circuit) = (EndAsync(() => reader.ReadLineAsync(Stop).AsTask()), EndAsync(() => ReadAsync(socket)));
        stream.IsCompleted.ShouldBeFalse();
        circuit.IsCompleted.ShouldBeFalse();
        if (how == "signing out")
        {
            await Forms.PostAsync(ben, "/sign-in", "/account/sign-out");
        }
        else
        {
            (await ana.DeleteAsync($"/api/people/{await Staff.IdAsync(ana, "ben@example.com")}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        await Task.WhenAll(stream, circuit).WaitAsync(Ceiling, Stop);
    }

    [Fact]
    public async Task The_set_up_link_is_printed_works_an_hour_and_ends_with_a_restart()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var log = new Lines();
        await using var app = new AppFixture(services: services => services.AddSingleton<TimeProvider>(time).AddSingleton<ILoggerProvider>(log));
        var first = log.Token();
        time.Advance(TimeSpan.FromMinutes(60));
        (await SetUpAsync(app, first)).ShouldEndWith("error=token");
        await app.RestartAsync();
        var second = log.Token();
        second.ShouldNotBe(first);
        await app.RestartAsync();
        (await SetUpAsync(app, second)).ShouldEndWith("error=token");
        time.Advance(TimeSpan.FromMinutes(59));
        (await SetUpAsync(app, log.Token())).ShouldBe("/");
        var printed = log.Count;
        await app.RestartAsync();
        log.Count.ShouldBe(printed, "there is a person");
    }

    private static async Task<string> SetUpAsync(AppFixture app, string token)
    {
        using var browser = Staff.Browser(app);
        return await Forms.PostAsync(browser, $"/setup?token={token}", "/account/setup", ("token", token), ("email", "ana@example.com"), ("displayName", "Ana"), ("password", Staff.Password));
    }

    /// <summary>The line of a circuit, as a browser opens it.</summary>
    private static async Task<ClientWebSocket> SocketAsync(AppFixture app, HttpClient browser)
    {
        using var negotiated = await browser.PostAsync("/_blazor/negotiate?negotiateVersion=1", null, Stop);
        negotiated.StatusCode.ShouldBe(HttpStatusCode.OK);
        var id = (await negotiated.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("connectionToken").GetString();
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", SessionTests.Cookie(app, browser));
        socket.Options.SetRequestHeader("Origin", app.Address.GetLeftPart(UriPartial.Authority));
        await socket.ConnectAsync(new Uri($"ws://{app.Address.Authority}/_blazor?id={id}"), Stop);
        await socket.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"), WebSocketMessageType.Text, true, Stop);
        (await ReadAsync(socket)).ShouldBe("{}\u001e");
        return socket;
    }

    /// <summary>Null at its end.</summary>
    private static async Task<string?> ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        var got = await socket.ReceiveAsync(buffer, Stop);
        return got.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(buffer, 0, got.Count);
    }

    private static async Task EndAsync(Func<Task<string?>> read)
    {
        try
        {
            while (await read() is not null)
            {
            }
        }
        catch (Exception error) when (error is IOException or WebSocketException)
        {
            // Cut, as it is meant.
        }
    }

    private sealed partial class Lines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _links = new();

        public int Count => _links.Count;

        public string Token() => _links.Last();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (Link().Match(formatter(state, exception)) is { Success: true } match)
            {
                _links.Enqueue(match.Groups[1].Value);
            }
        }

        public void Dispose()
        {
            // Lives over the restarts of the product.
        }

        [GeneratedRegex("/setup\\?token=([0-9a-f]{64})")]
        private static partial Regex Link();
    }
}
