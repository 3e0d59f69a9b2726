using System.Text.Json.Nodes;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp.Templates;

/// <summary>The two calls about templates, at both providers, byte for byte.</summary>
public sealed class ProviderTemplateTests
{
    private const string Template = """{"name":"answer_ready","language":{"code":"en"}}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_template_is_sent_with_our_key_and_its_acceptance_is_read()
    {
        await using var server = ScriptedServer.Answering(200, WireFixtures.Text("send-template.response.json"));
        using var fixture = ProviderFixture.Pinnacle(server);
        var outcome = await fixture.Provider.SendTemplateAsync(fixture.Connection, new Recipient.Phone("15550100101"), Template, "msg-0001", SendProgress.None, Stop);
        outcome.ShouldBeOfType<SendOutcome.Accepted>().ProviderMessageId.ShouldStartWith("wamid.");
        var request = server.Requests.ShouldHaveSingleItem();
        request.Line.ShouldBe("POST /v3/300000000000001/messages HTTP/1.1");
        request.Headers["apikey"].ShouldBe(ProviderFixture.Key);
        var expected = JsonNode.Parse("""{"messaging_product":"whatsapp","recipient_type":"individual","to":"15550100101","biz_opaque_callback_data":"msg-0001","type":"template"}""")!;
        expected["template"] = JsonNode.Parse(Template);
        JsonNode.DeepEquals(JsonNode.Parse(request.Body), expected).ShouldBeTrue(System.Text.Encoding.UTF8.GetString(request.Body));
    }

    [Theory]
    [InlineData("error-132000.json", 132000)]
    [InlineData("error-132001.json", 132001)]
    [InlineData("error-132015.json", 132015)]
    public async Task A_refused_template_is_never_tried_again(string file, int code)
    {
        await using var server = ScriptedServer.Answering(400, WireFixtures.Text(file));
        using var fixture = ProviderFixture.Pinnacle(server);
        var rejected = (await fixture.Provider.SendTemplateAsync(fixture.Connection, new Recipient.Phone("15550100101"), Template, "k", SendProgress.None, Stop)).ShouldBeOfType<SendOutcome.Rejected>();
        (rejected.Kind, rejected.Code).ShouldBe((RejectionKind.Final, code));
    }

    [Theory]
    [InlineData("Pinnacle", "/v3/200000000000001/message_templates?limit=50&after=a%26b", "apikey")]
    [InlineData("MetaCloud", "/v23.0/200000000000001/message_templates?limit=50&after=a%26b", "Authorization")]
    public async Task The_list_is_asked_for_at_the_business_account(string provider, string path, string header)
    {
        await using var server = ScriptedServer.Answering(200, WireFixtures.Text("pinbot-templates.response.json"));
        using var fixture = provider == "Pinnacle" ? ProviderFixture.Pinnacle(server) : new ProviderFixture(ProviderKind.MetaCloud, new(server.Address, "v23.0"));
        var page = await fixture.Provider.GetTemplatesAsync(fixture.Connection, "a&b", Stop);
        page.Value!.Templates.ShouldHaveSingleItem().Name.ShouldBe("order_update");
        var request = server.Requests.ShouldHaveSingleItem();
        request.Line.ShouldBe($"GET {path} HTTP/1.1");
        request.Headers.Keys.ShouldContain(header);
    }

    [Fact]
    public async Task Without_a_numeric_account_id_nobody_is_asked()
    {
        await using var server = ScriptedServer.Answering(200, "{}");
        using var fixture = ProviderFixture.Pinnacle(server);
        (await fixture.Provider.GetTemplatesAsync(fixture.Connection with { WabaId = "../x" }, null, Stop)).Failure!.Kind.ShouldBe(RejectionKind.Final);
        server.Requests.ShouldBeEmpty();
    }
}
