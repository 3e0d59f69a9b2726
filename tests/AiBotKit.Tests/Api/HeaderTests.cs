using System.Net.Http.Headers;
using System.Net.Http.Json;
using AiBotKit.Accounts;
using AiBotKit.Tests.Fakes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Api;

/// <summary>What browsers are told with every answer (S-H1..S-H6, S-X3).</summary>
public sealed class HeaderTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_answer_carries_the_security_headers()
    {
        await using var two = await TwoAccounts.StartAsync();
        foreach (var path in new[] { "/", "/conversations", "/health", "/sign-in", "/setup", "/nowhere", "/api/conversations", "/api/nothing", "/api/gaps?limit=0", "/healthz", "/readyz", "/openapi/v1.json", "/css/tokens.css", "/api/whatsapp/callback" })
        {
            foreach (var client in new[] { two.Anonymous, two.Person, two.Key })
            {
                using var answer = await client.GetAsync(path, Stop);
                Missing(answer, path == "/css/tokens.css").ShouldBeEmpty(path);
            }
        }
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task An_answer_that_an_exception_became_carries_them_too(int status)
    {
        var settings = new Dictionary<string, string?> { ["Http:KnownProxies"] = "127.0.0.1" };
        await using var app = new AppFixture(settings, services => services.AddSingleton<ListAudit>(_ => throw new InvalidOperationException("planted")));
        using var api = app.Api();
        api.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        SqliteConnection? other = null;
        if (status == 503)
        {
            other = new SqliteConnection($"Data Source={Path.Combine(app.Folder, "aibotkit.db")};Pooling=False");
            await other.OpenAsync(Stop);
            await using var hold = other.CreateCommand();
            hold.CommandText = "BEGIN EXCLUSIVE";
            await hold.ExecuteNonQueryAsync(Stop);
        }

        using var answer = status == 500 ? await api.GetAsync("/api/audit", Stop) : await api.PostAsJsonAsync("/api/invitations", new { email = "ben@example.com", role = "agent" }, Stop);
        ((int)answer.StatusCode).ShouldBe(status);
        Missing(answer, false).ShouldBeEmpty();
        answer.Headers.GetValues("Strict-Transport-Security").Single().ShouldBe("max-age=31536000");
        if (other is not null)
        {
            await other.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_request_with_two_lengths_is_refused_with_them_too()
    {
        await using var app = new AppFixture();
        using var line = new System.Net.Sockets.TcpClient();
        await line.ConnectAsync(app.Address.Host, app.Address.Port, Stop);
        await using var stream = line.GetStream();
        await stream.WriteAsync("POST /api/chatbots HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"u8.ToArray(), Stop);
        using var reader = new StreamReader(stream);
        var text = await reader.ReadToEndAsync(Stop).WaitAsync(TimeSpan.FromMinutes(4), Stop);
        text.ShouldStartWith("HTTP/1.1 400");
        text.ShouldContain("X-Content-Type-Options: nosniff");
    }

    [Fact]
    public void The_check_sees_a_missing_or_weak_header()
    {
        using var bare = new HttpResponseMessage { Content = new StringContent("<p>") };
        bare.Content.Headers.ContentType = new MediaTypeHeaderValue("text/html");
        bare.Headers.Add("Server", "Kestrel");
        bare.Headers.Add("Content-Security-Policy", "default-src *; script-src 'unsafe-inline'");
        Missing(bare, false).ShouldBe(["X-Content-Type-Options", "Referrer-Policy", "Content-Security-Policy", "Server", "charset", "Cache-Control"]);
    }

    [Fact]
    public async Task The_session_cookie_is_kept_from_scripts_and_other_sites_and_is_host_bound_on_https()
    {
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Http:KnownProxies"] = "127.0.0.1" });
        var token = await app.Get<AiBotKit.Accounts.SetupLink>().IssueAsync();
        using var browser = app.Anonymous();
        (string Name, string Value)[] owner = [("token", token), ("email", "ana@example.com"), ("displayName", "Ana"), ("password", "seven green kettles sing")];
        using (var plain = await Forms.SendAsync(browser, "/setup", "/account/setup", owner))
        {
            var cookie = plain.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("aibotkit=", StringComparison.Ordinal));
            cookie.ShouldContain("httponly");
            cookie.ShouldContain("samesite=lax");
            cookie.ShouldNotContain("secure");
        }

        using var behindProxy = app.Anonymous();
        behindProxy.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        var page = await behindProxy.GetAsync("/sign-in", Stop);
        page.Headers.GetValues("Strict-Transport-Security").Single().ShouldBe("max-age=31536000");
        page.Headers.GetValues("Set-Cookie").ShouldAllBe(c => c.Contains("httponly", StringComparison.Ordinal) && c.Contains("samesite=strict", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Forwarded_headers_of_strangers_are_not_believed_and_other_origins_get_nothing()
    {
        await using var two = await TwoAccounts.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/conversations");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("Origin", "https://evil.example");
        using var answer = await two.Key.SendAsync(request, Stop);
        answer.Headers.Contains("Strict-Transport-Security").ShouldBeFalse();
        answer.Headers.Where(h => h.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/api/conversations");
        preflight.Headers.Add("Origin", "https://evil.example");
        preflight.Headers.Add("Access-Control-Request-Method", "PATCH");
        using var refused = await two.Anonymous.SendAsync(preflight, Stop);
        refused.Headers.Where(h => h.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
        using var trace = new HttpRequestMessage(HttpMethod.Trace, "/api/conversations");
        using var traced = await two.Key.SendAsync(trace, Stop);
        ((int)traced.StatusCode).ShouldBe(405);
    }

    [Theory]
    [InlineData("https://evil.example", 403)]
    [InlineData(null, 400)]
    public async Task A_live_connection_is_opened_by_our_own_pages_only(string? origin, int status)
    {
        await using var two = await TwoAccounts.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/_blazor");
        request.Headers.Upgrade.Add(new ProductHeaderValue("h2c"));
        request.Headers.Connection.Add("Upgrade");
        if (origin is not null)
        {
            two.Person.DefaultRequestHeaders.Remove("Origin");
            request.Headers.Add("Origin", origin);
        }

        using var answer = await two.Person.SendAsync(request, Stop);
        ((int)answer.StatusCode).ShouldBe(status);
    }

    private static List<string> Missing(HttpResponseMessage answer, bool isFile)
    {
        string? Of(string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
        var policy = Of("Content-Security-Policy") ?? "";
        var isStrict = policy.StartsWith("default-src 'none'; script-src 'self' 'nonce-", StringComparison.Ordinal) && policy.Contains("frame-ancestors 'none'", StringComparison.Ordinal)
            && policy.Contains("form-action 'self'", StringComparison.Ordinal) && !policy.Contains("unsafe-eval", StringComparison.Ordinal) && policy.Split("'unsafe-inline'").Length == 2;
        var type = answer.Content.Headers.ContentType;
        return
        [
            .. Of("X-Content-Type-Options") == "nosniff" ? Array.Empty<string>() : ["X-Content-Type-Options"],
            .. Of("Referrer-Policy") == "no-referrer" ? Array.Empty<string>() : ["Referrer-Policy"],
            .. isStrict ? Array.Empty<string>() : ["Content-Security-Policy"],
            .. Of("Server") is null && Of("X-Powered-By") is null ? Array.Empty<string>() : ["Server"],
            .. type is null || type.MediaType is "application/json" or "application/problem+json" or "text/css" || type.CharSet is "utf-8" ? Array.Empty<string>() : ["charset"],
            .. isFile || (Of("Cache-Control") ?? "").Contains("no-store", StringComparison.Ordinal) ? Array.Empty<string>() : ["Cache-Control"],
        ];
    }
}
