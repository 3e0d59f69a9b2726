using System.Text.Json.Nodes;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

public sealed class ProviderRequestTests
{
    public static TheoryData<string, string, string, string?> Sends() => new()
    {
        { "send-text.request.json", "15550100101", "We are open *9:00–18:00*, Monday to Friday.", null },
        { "send-text-opaque.request.json", "15550100101", "x", null },
        { "send-text-bsuid.request.json", "US.10000000000000000102", "Hello", null },
    };

    [Theory]
    [MemberData(nameof(Sends))]
    public async Task The_body_is_the_canonical_one_with_our_key_added(string file, string to, string text, string? replyTo)
    {
        await using var server = ScriptedServer.Answering(200, WireFixtures.Text("send-text.response.json"));
        using var fixture = ProviderFixture.Pinnacle(server);
        await fixture.SendAsync(Recipient.From(to, to), text, replyTo);

        var request = server.Requests.ShouldHaveSingleItem();
        request.Line.ShouldBe("POST /v3/300000000000001/messages HTTP/1.1");
        request.Headers["apikey"].ShouldBe(ProviderFixture.Key);
        request.Headers["Content-Type"].ShouldBe("application/json");
        request.Headers.Keys.ShouldNotContain("Authorization");
        request.Headers.Keys.ShouldNotContain("traceparent");
        var expected = JsonNode.Parse(WireFixtures.Text(file))!;
        expected["biz_opaque_callback_data"] = "msg-0001";
        expected["text"]!["preview_url"] = false;
        JsonNode.DeepEquals(JsonNode.Parse(request.Body), expected).ShouldBeTrue(System.Text.Encoding.UTF8.GetString(request.Body));
    }

    [Fact]
    public async Task A_quoted_reply_names_the_message()
    {
        await using var server = ScriptedServer.Answering(200, "{}");
        using var fixture = ProviderFixture.Pinnacle(server);
        await fixture.SendAsync(replyTo: "wamid.X");
        JsonNode.Parse(server.Requests.ShouldHaveSingleItem().Body)!["context"]!["message_id"]!.GetValue<string>().ShouldBe("wamid.X");
    }

    [Fact]
    public async Task A_bsuid_is_never_put_into_to()
    {
        await using var server = ScriptedServer.Answering(200, "{}");
        using var fixture = ProviderFixture.Pinnacle(server);
        await fixture.SendAsync(new Recipient.User("US.10000000000000000102"));
        var body = JsonNode.Parse(server.Requests.ShouldHaveSingleItem().Body)!;
        body["to"].ShouldBeNull();
        body["recipient"]!.GetValue<string>().ShouldBe("US.10000000000000000102");
        Recipient.From("US.10000000000000000102", null).ShouldBeNull();
    }

    [Theory]
    [InlineData("/", "/v23.0/300000000000001/messages")]
    [InlineData("/v21.0", "/v21.0/300000000000001/messages")]
    [InlineData("/v21.0/", "/v21.0/300000000000001/messages")]
    public async Task Meta_is_asked_with_a_bearer_token_and_a_version(string path, string expected)
    {
        await using var server = ScriptedServer.Answering(200, WireFixtures.Text("send-text.response.json"));
        using var fixture = new ProviderFixture(ProviderKind.MetaCloud, new(server.Address, path));
        (await fixture.SendAsync()).ShouldBeOfType<SendOutcome.Accepted>();
        var request = server.Requests.ShouldHaveSingleItem();
        request.Line.ShouldBe($"POST {expected} HTTP/1.1");
        request.Headers["Authorization"].ShouldBe($"Bearer {ProviderFixture.Key}");
        request.Headers.Keys.ShouldNotContain("apikey");
    }

    [Theory]
    [InlineData("mark-read.request.json", false)]
    [InlineData("mark-read-typing.request.json", true)]
    public async Task Mark_read_and_typing_are_the_canonical_bodies(string file, bool typing)
    {
        await using var server = ScriptedServer.Answering(200, WireFixtures.Text("mark-read.response.json"));
        using var fixture = ProviderFixture.Pinnacle(server);
        var expected = JsonNode.Parse(WireFixtures.Text(file))!;
        var result = await fixture.Provider.MarkReadAsync(fixture.Connection, expected["message_id"]!.GetValue<string>(), typing, TestContext.Current.CancellationToken);
        result.Succeeded.ShouldBeTrue();
        JsonNode.DeepEquals(JsonNode.Parse(server.Requests.ShouldHaveSingleItem().Body), expected).ShouldBeTrue();
    }

    [Fact]
    public async Task An_empty_or_overlong_text_is_refused_here()
    {
        await using var server = ScriptedServer.Answering(200, "{}");
        using var fixture = ProviderFixture.Pinnacle(server);
        (await fixture.SendAsync(text: "")).ShouldBeOfType<SendOutcome.Rejected>().Kind.ShouldBe(RejectionKind.Final);
        (await fixture.SendAsync(text: new string('a', 4097))).ShouldBeOfType<SendOutcome.Rejected>().Kind.ShouldBe(RejectionKind.Final);
        server.Requests.ShouldBeEmpty();
        (await fixture.SendAsync(text: new string('a', 4096))).ShouldBeOfType<SendOutcome.Accepted>();
    }

    [Fact]
    public void A_key_does_not_print_itself()
    {
        using var fixture = new ProviderFixture(ProviderKind.Pinnacle, new("https://partnersv1.pinbot.ai/v3"));
        fixture.Connection.ToString().ShouldNotContain("c0de");
        $"{fixture.Connection.ApiKey}".ShouldBe("***");
        System.Text.Json.JsonSerializer.Serialize(fixture.Connection).ShouldNotContain("c0de");
    }
}

public sealed class ProviderAccountTests
{
    [Theory]
    [InlineData("pinbot-getuserdetails.response.json", 2)]
    [InlineData("pinbot-getuserdetails.bare-array.response.json", 1)]
    public async Task The_numbers_of_a_key_are_read_from_both_shapes(string file, int count)
    {
        await using var server = ScriptedServer.Answering(200, WireFixtures.Text(file));
        using var fixture = ProviderFixture.Pinnacle(server);
        var result = await fixture.Provider.GetUserDetailsAsync(fixture.Connection, TestContext.Current.CancellationToken);
        result.Value!.Count.ShouldBe(count);
        result.Value[0].ShouldBe(new("300000000000001", "200000000000001", "15550100001", count == 2 ? "Invented Shop" : null));
        server.Requests.ShouldHaveSingleItem().Line.ShouldBe("GET /v3/getuserdetails HTTP/1.1");
    }

    [Fact]
    public async Task A_wrong_key_is_a_failure_and_not_an_empty_list()
    {
        await using var server = ScriptedServer.Answering(200, WireFixtures.Text("pinbot-error-auth-http200.response.json"));
        using var fixture = ProviderFixture.Pinnacle(server);
        var result = await fixture.Provider.GetUserDetailsAsync(fixture.Connection, TestContext.Current.CancellationToken);
        result.Failure!.Kind.ShouldBe(RejectionKind.ConnectionBroken);
        result.Value.ShouldBeNull();
    }

    [Fact]
    public async Task The_webhook_is_set_and_read()
    {
        await using var server = new ScriptedServer((socket, request, token) => ScriptedServer.SendAsync(
            socket, ScriptedServer.Http(200, WireFixtures.Bytes(request.Line.StartsWith("GET", StringComparison.Ordinal) ? "pinbot-getwebhook.response.json" : "pinbot-setwebhook.response.json")), token));
        using var fixture = ProviderFixture.Pinnacle(server);
        var registration = new WebhookRegistration(new("https://app.example/api/whatsapp/callback"), [new("X-Webhook-Secret", "invented-static-secret-32-bytes-long-000")], null);
        (await fixture.Provider.SetWebhookAsync(fixture.Connection, registration, TestContext.Current.CancellationToken)).Succeeded.ShouldBeTrue();
        (await fixture.Provider.GetWebhookAsync(fixture.Connection, TestContext.Current.CancellationToken)).Value.ShouldBe(registration.Url);
        var set = server.Requests.First();
        set.Line.ShouldBe("POST /v3/300000000000001/setwebhook HTTP/1.1");
        JsonNode.DeepEquals(JsonNode.Parse(set.Body), JsonNode.Parse(WireFixtures.Text("pinbot-setwebhook.request.json"))).ShouldBeTrue();
    }
}

public sealed class ProviderMediaTests
{
    [Fact]
    public async Task The_place_of_a_file_is_asked_and_an_expired_id_is_a_failure()
    {
        await using var server = ScriptedServer.Answering(200, WireFixtures.Text("media-url.response.json"));
        using var fixture = ProviderFixture.Pinnacle(server);
        var media = (await fixture.Provider.GetMediaAsync(fixture.Connection, "700000000000001", TestContext.Current.CancellationToken)).Value!;
        (media.FileSize, media.MimeType, media.Url.Host).ShouldBe((34567, "image/png", "lookaside.fbsbx.com"));
        server.Requests.ShouldHaveSingleItem().Line.ShouldBe("GET /v3/700000000000001?phone_number_id=300000000000001 HTTP/1.1");

        await using var expired = ScriptedServer.Answering(400, WireFixtures.Text("media-expired.response.json"));
        using var second = ProviderFixture.Pinnacle(expired);
        (await second.Provider.GetMediaAsync(second.Connection, "700000000000009", TestContext.Current.CancellationToken)).Failure!.Code.ShouldBe(100);
    }

    [Theory]
    [InlineData("../getuserdetails?x=")]
    [InlineData("")]
    [InlineData("7000/1")]
    public async Task An_id_that_is_not_digits_is_never_put_into_an_address(string id)
    {
        await using var server = ScriptedServer.Answering(200, "{}");
        using var fixture = ProviderFixture.Pinnacle(server);
        (await fixture.Provider.GetMediaAsync(fixture.Connection, id, TestContext.Current.CancellationToken)).Succeeded.ShouldBeFalse();
        (await DownloadAsync(fixture, new(id, new("https://evil.example/x"), null, null, null), 100)).Succeeded.ShouldBeFalse();
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pinnacle_is_asked_for_bytes_only_at_its_own_host()
    {
        await using var server = ScriptedServer.Answering(200, "bytes");
        using var fixture = ProviderFixture.Pinnacle(server);
        (await DownloadAsync(fixture, new("700000000000001", new("https://lookaside.fbsbx.com/x"), null, null, null), 100)).Value!.Bytes.ShouldBe(5);
        (await DownloadAsync(fixture, new("700000000000001", new(server.Address, "media/7"), null, null, null), 100)).Value!.Bytes.ShouldBe(5);
        server.Requests.Select(request => request.Line).ShouldBe(["POST /v3/downloadMedia/700000000000001?phone_number_id=300000000000001 HTTP/1.1", "GET /media/7 HTTP/1.1"]);
        server.Requests.ShouldAllBe(request => request.Headers["apikey"] == ProviderFixture.Key);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("https://lookaside.fbsbx.com.evil.example/x")]
    [InlineData("http://lookaside.fbsbx.com/x")]
    public async Task Meta_fetches_from_listed_hosts_only(string url)
    {
        await using var server = ScriptedServer.Answering(200, "bytes");
        using var fixture = new ProviderFixture(ProviderKind.MetaCloud, server.Address);
        (await DownloadAsync(fixture, new("7", new(url), null, null, null), 100)).Failure!.Kind.ShouldBe(RejectionKind.Final);
        (await DownloadAsync(fixture, new("7", new(server.Address, "media/7"), null, null, null), 100)).Value!.Bytes.ShouldBe(5);
    }

    [Fact]
    public async Task A_file_above_the_cap_is_cut_off()
    {
        await using var server = ScriptedServer.Answering(ScriptedServer.Http(200, new byte[5_000_000]));
        using var fixture = ProviderFixture.Pinnacle(server);
        var result = await DownloadAsync(fixture, new("7", new(server.Address, "media/7"), null, null, null), 1_000_000);
        result.Succeeded.ShouldBeFalse();
        result.Failure!.Reason.ShouldContain("larger than allowed");
    }

    private static async Task<ProviderResult<MediaDownload>> DownloadAsync(ProviderFixture fixture, MediaInfo media, long cap)
    {
        using var destination = new MemoryStream();
        var result = await fixture.Provider.DownloadMediaAsync(fixture.Connection, media, destination, cap, TestContext.Current.CancellationToken);
        destination.Length.ShouldBeLessThanOrEqualTo(cap);
        return result;
    }
}
