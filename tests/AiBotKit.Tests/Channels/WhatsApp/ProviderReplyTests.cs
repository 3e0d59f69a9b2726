using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>The ambiguous-send rule over real sockets: what may be sent again, what may not, and what is not known.</summary>
public sealed class ProviderReplyTests
{
    private const string Wamid = "wamid.HBgLMTU1NTAxMDAxMDEVAgARGBIyMzUyREE3MjgwRjFERUNDM0EA";

    [Theory]
    [InlineData("send-text.response.json", Wamid)]
    [InlineData("send-text.response.message-status.json", Wamid)]
    [InlineData("send-text.response.input-differs.json", Wamid)]
    [InlineData("send-text-bsuid.response.json", "wamid.HBgAFQIAERgSREJEQkM5N0Q1REUzRTJGRTY3AA==")]
    [InlineData("send-template.response.json", "wamid.HBgLMTU1NTAxMDAxMDEVAgARGBJERTJEOTFEQzBBMjU4MDQxNEUA")]
    public async Task A_success_carries_the_providers_id(string file, string id)
    {
        await using var server = ScriptedServer.Answering(200, WireFixtures.Text(file));
        using var fixture = ProviderFixture.Pinnacle(server);
        (await fixture.SendAsync()).ShouldBe(new SendOutcome.Accepted(id));
        fixture.BodiesWritten.ShouldBe(1);
    }

    [Theory]
    [InlineData("{\"messages\":[{\"id\":\"wamid.A")]
    [InlineData("")]
    [InlineData("<html><body>OK</body></html>")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"ok\"")]
    [InlineData("{\"messages\":[]}")]
    [InlineData("{\"messages\":[{}]}")]
    [InlineData("{\"messages\":[{\"id\":null}]}")]
    [InlineData("{\"messages\":[{\"id\":\"\"}]}")]
    [InlineData("{\"messages\":{\"id\":\"x\"}}")]
    [InlineData("{\"messages\":[{\"id\":{}}],\"\\ud83d\":1}")]
    [InlineData("{\"success\":true}")]
    public async Task A_success_that_cannot_be_read_is_accepted_with_id_unknown_and_never_sent_again(string body)
    {
        await using var server = ScriptedServer.Answering(200, body);
        using var fixture = ProviderFixture.Pinnacle(server);
        (await fixture.SendAsync()).ShouldBe(new SendOutcome.Accepted(null));
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_answer_that_is_not_metas_makes_no_retry_storm()
    {
        await using var server = ScriptedServer.Answering(200, WireFixtures.Text("hostile-response-not-meta.json"));
        using var fixture = ProviderFixture.Pinnacle(server);
        (await fixture.SendAsync()).ShouldNotBeOfType<SendOutcome.Ambiguous>();
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_body_of_10_mb_a_zip_bomb_and_a_body_that_breaks_off_are_accepted_with_id_unknown()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await gzip.WriteAsync(new byte[20_000_000], TestContext.Current.CancellationToken);
        }

        byte[][] answers =
        [
            ScriptedServer.Http(200, new byte[10_000_000]),
            [.. "HTTP/1.1 200 X\r\nConnection: close\r\n\r\n"u8, .. new byte[10_000_000]],
            ScriptedServer.Http(200, packed.ToArray(), "Content-Encoding: gzip\r\n"),
            [.. "HTTP/1.1 200 X\r\nContent-Length: 500\r\nConnection: close\r\n\r\n{\"messages\""u8],
        ];
        foreach (var answer in answers)
        {
            await using var server = new ScriptedServer(async (socket, _, token) =>
            {
                await ScriptedServer.SendAsync(socket, answer, token);
                socket.Shutdown(SocketShutdown.Both);
            });
            using var fixture = ProviderFixture.Pinnacle(server);
            (await fixture.SendAsync()).ShouldBe(new SendOutcome.Accepted(null));
        }
    }

    [Theory]
    [InlineData("error-131047.json", 400, RejectionKind.WindowClosed, 131047)]
    [InlineData("error-131056.json", 400, RejectionKind.WaitPair, 131056)]
    [InlineData("error-131056.json", 429, RejectionKind.WaitPair, 131056)]
    [InlineData("error-80007.json", 429, RejectionKind.WaitConnection, 80007)]
    [InlineData("error-190.json", 401, RejectionKind.ConnectionBroken, 190)]
    [InlineData("error-131000.json", 500, RejectionKind.Retry, 131000)]
    [InlineData("error-131016.json", 503, RejectionKind.Retry, 131016)]
    [InlineData("error-3.json", 500, RejectionKind.OwnerNeeded, 3)]
    [InlineData("error-131026.json", 200, RejectionKind.Final, 131026)]
    [InlineData("pinbot-error-auth.response.json", 401, RejectionKind.ConnectionBroken, 401)]
    [InlineData("pinbot-error-auth-http200.response.json", 200, RejectionKind.ConnectionBroken, 401)]
    [InlineData("pinbot-error-rate.response.json", 429, RejectionKind.WaitConnection, 429)]
    [InlineData("pinbot-error-balance.response.json", 402, RejectionKind.OwnerNeeded, 402)]
    [InlineData("pinbot-error-wrong-number.response.json", 403, RejectionKind.OwnerNeeded, 403)]
    internal async Task A_parsed_error_goes_by_the_table_whatever_the_status(string file, int status, RejectionKind kind, int code)
    {
        var body = file == "error-131047.json" ? "{\"error\":{\"code\":\"131047\",\"message\":\"(#131047) Re-engagement message\"}}" : WireFixtures.Text(file);
        await using var server = ScriptedServer.Answering(status, body);
        using var fixture = ProviderFixture.Pinnacle(server);
        var outcome = (await fixture.SendAsync()).ShouldBeOfType<SendOutcome.Rejected>();
        (outcome.Kind, outcome.Code).ShouldBe((kind, code));
        outcome.Reason.ShouldContain("The customer did not get this message.");
        outcome.RetryAfter.ShouldBeNull();
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(500, "<html>")]
    [InlineData(500, "{\"error\":{\"message\":\"no code\"}}")]
    [InlineData(500, "{\"status\":\"failed\",\"message\":\"x\"}")]
    [InlineData(502, "<html><body>Bad Gateway</body></html>")]
    [InlineData(503, "")]
    [InlineData(504, "gateway time-out")]
    [InlineData(524, "")]
    [InlineData(408, "")]
    [InlineData(502, "{\"code\":502,\"status\":\"failed\",\"message\":\"upstream\"}")]
    [InlineData(200, "{\"code\":500,\"status\":\"failed\",\"message\":\"upstream\"}")]
    public async Task A_gateways_failure_is_ambiguous(int status, string body)
    {
        await using var server = ScriptedServer.Answering(status, body);
        using var fixture = ProviderFixture.Pinnacle(server);
        (await fixture.SendAsync()).ShouldBeOfType<SendOutcome.Ambiguous>();
        server.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(400, RejectionKind.Final)]
    [InlineData(401, RejectionKind.ConnectionBroken)]
    [InlineData(404, RejectionKind.OwnerNeeded)]
    [InlineData(429, RejectionKind.WaitConnection)]
    internal async Task An_unparsed_4xx_was_not_accepted(int status, RejectionKind kind)
    {
        await using var server = ScriptedServer.Answering(status, "<html>");
        using var fixture = ProviderFixture.Pinnacle(server);
        (await fixture.SendAsync()).ShouldBeOfType<SendOutcome.Rejected>().Kind.ShouldBe(kind);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("86400", 900)]
    [InlineData("Wed, 21 Oct 2099 07:28:00 GMT", 900)]
    [InlineData("Wed, 21 Oct 2015 07:28:00 GMT", 0)]
    public async Task Retry_after_is_honoured_up_to_a_quarter_of_an_hour(string header, int seconds)
    {
        await using var server = ScriptedServer.Answering(429, WireFixtures.Text("pinbot-error-rate.response.json"), $"Retry-After: {header}\r\n");
        using var fixture = ProviderFixture.Pinnacle(server);
        (await fixture.SendAsync()).ShouldBeOfType<SendOutcome.Rejected>().RetryAfter.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public async Task A_reset_after_the_request_is_ambiguous_and_a_refused_connection_is_free_to_retry()
    {
        Uri gone;
        await using (var server = new ScriptedServer((socket, _, _) => ScriptedServer.ResetAsync(socket)))
        {
            gone = server.Address;
            using var fixture = ProviderFixture.Pinnacle(server);
            (await fixture.SendAsync()).ShouldBeOfType<SendOutcome.Ambiguous>();
            fixture.BodiesWritten.ShouldBe(1);
            server.Requests.Count.ShouldBe(1);
        }

        using var refused = new ProviderFixture(ProviderKind.Pinnacle, new(gone, "v3"));
        (await refused.SendAsync()).ShouldBeOfType<SendOutcome.Rejected>().Kind.ShouldBe(RejectionKind.WaitConnection);
        refused.BodiesWritten.ShouldBe(0);
    }

    [Fact]
    public async Task A_connection_that_ends_without_an_answer_is_ambiguous_and_the_request_is_not_repeated()
    {
        var served = 0;
        await using var server = new ScriptedServer(async (socket, _, token) =>
        {
            if (Interlocked.Increment(ref served) == 1)
            {
                await ScriptedServer.SendAsync(socket, ScriptedServer.Http(200, Encoding.UTF8.GetBytes(WireFixtures.Text("send-text.response.json"))), token);
                return;
            }

            socket.Shutdown(SocketShutdown.Both);
        });
        using var fixture = ProviderFixture.Pinnacle(server);
        (await fixture.SendAsync()).ShouldBeOfType<SendOutcome.Accepted>();

        // The second goes over the kept connection, which is closed under it: the handler must not send it twice by itself.
        (await fixture.SendAsync()).ShouldBeOfType<SendOutcome.Ambiguous>();
        server.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_stall_after_the_request_is_ambiguous_when_the_time_is_up_and_the_body_was_reported_before()
    {
        var limits = new ProviderLimits { Headers = TimeSpan.FromMilliseconds(400) };
        await using var server = new ScriptedServer((_, _, token) => Task.Delay(Timeout.Infinite, token));
        using var fixture = ProviderFixture.Pinnacle(server, limits);
        (await fixture.SendAsync()).ShouldBeOfType<SendOutcome.Ambiguous>();
        fixture.BodiesWritten.ShouldBe(1);
    }

    [Fact]
    public async Task A_dripping_answer_is_cut_and_its_status_stands()
    {
        var limits = new ProviderLimits { Body = TimeSpan.FromMilliseconds(400) };
        await using var server = new ScriptedServer(async (socket, _, token) =>
        {
            await ScriptedServer.SendAsync(socket, Encoding.ASCII.GetBytes("HTTP/1.1 200 X\r\nContent-Length: 500\r\n\r\n{"), token);
            await Task.Delay(Timeout.Infinite, token);
        });
        using var fixture = ProviderFixture.Pinnacle(server, limits);
        (await fixture.SendAsync()).ShouldBe(new SendOutcome.Accepted(null));
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_the_key_meets_no_other_host()
    {
        await using var other = ScriptedServer.Answering(200, "{}");
        await using var server = ScriptedServer.Answering(307, "", $"Location: {other.Address}v3/x\r\n");
        using var fixture = ProviderFixture.Pinnacle(server);
        (await fixture.SendAsync()).ShouldBeOfType<SendOutcome.Rejected>().Kind.ShouldBe(RejectionKind.ConnectionBroken);
        other.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_address_typed_by_somebody_passes_the_block_list_and_no_byte_leaves()
    {
        await using var server = ScriptedServer.Answering(200, "{}");
        using var fixture = ProviderFixture.Pinnacle(server);
        fixture.Connection = fixture.Connection with { BaseUrlFromConfiguration = false, BaseUrl = new($"https://127.0.0.1:{server.Address.Port}/v3") };
        (await fixture.SendAsync()).ShouldBeOfType<SendOutcome.Rejected>().Kind.ShouldBe(RejectionKind.ConnectionBroken);
        server.Requests.ShouldBeEmpty();
        fixture.BodiesWritten.ShouldBe(0);
    }

    [Fact]
    public async Task A_message_that_was_overtaken_while_connecting_sends_no_byte_and_is_no_ambiguous_send()
    {
        await using var server = ScriptedServer.Answering(200, "{}");
        using var fixture = ProviderFixture.Pinnacle(server);
        var outcome = await fixture.Provider.SendTextAsync(fixture.Connection, new Recipient.Phone("15550100101"), "x", "k", null, new Overtaken(), TestContext.Current.CancellationToken);
        outcome.ShouldBeOfType<SendOutcome.Rejected>().Kind.ShouldBe(RejectionKind.Withdrawn);
        (await fixture.SendAsync()).ShouldNotBeNull();
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Cancelled_before_the_first_byte_is_an_exception_and_after_it_is_ambiguous()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = new ScriptedServer(async (_, _, token) =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
        });
        using var fixture = ProviderFixture.Pinnacle(server);
        var sent = fixture.Provider.SendTextAsync(fixture.Connection, new Recipient.Phone("15550100101"), "x", "k", null, SendProgress.None, cancel.Token);
        (await sent).ShouldBeOfType<SendOutcome.Ambiguous>();
        await Should.ThrowAsync<OperationCanceledException>(() =>
            fixture.Provider.SendTextAsync(fixture.Connection, new Recipient.Phone("15550100101"), "x", "k", null, SendProgress.None, cancel.Token));
    }

    [Fact]
    public async Task No_generated_answer_makes_an_exception_or_a_second_request()
    {
        var seed = LongRun.Seed();
        var random = new Random(seed);
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var corpus = WireFixtures.Index().Where(entry => entry.Kind == "response").Select(entry => WireFixtures.Bytes(entry.File)).ToArray();
        for (var i = 0; i < LongRun.Count(20_000, 100_000); i++)
        {
            var body = (byte[])corpus[random.Next(corpus.Length)].Clone();
            for (var flips = random.Next(4); flips > 0; flips--)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            var status = (HttpStatusCode)new[] { 200, 200, 201, 204, 301, 400, 401, 403, 404, 429, 500, 502, 503 }[random.Next(13)];
            var outcome = ProviderAnswers.OfSend(new Exchange.Answered(status, random.Next(20) == 0 ? null : body[..random.Next(body.Length + 1)], null, null));

            // A verdict of the provider or a taken message is never "unknown"; only a gateway's own code makes it so.
            if ((int)status < 500 && outcome is SendOutcome.Ambiguous ambiguous)
            {
                ambiguous.Reason.ShouldContain("with code 5", customMessage: $"seed {seed} #{i}");
            }

            (outcome is SendOutcome.Accepted && (int)status >= 300).ShouldBeFalse($"seed {seed} #{i}");
        }
    }

    private sealed class Overtaken : SendProgress
    {
        public override Task<bool> BeginAsync() => Task.FromResult(false);
    }
}
