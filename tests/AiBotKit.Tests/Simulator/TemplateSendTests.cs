using System.Text.Json;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Simulator;

/// <summary>Templates at the simulator: its errors are Meta's (wire facts 6.1), and a tap arrives as a button.</summary>
public sealed class TemplateSendTests
{
    [Theory]
    [InlineData(404, 132001, """{"name":"order_update","language":{"code":"de"}}""")]
    [InlineData(404, 132001, """{"name":"spring_offer","language":{"code":"en"}}""")]
    [InlineData(400, 132000, """{"name":"order_update","language":{"code":"en_US"},"components":[{"type":"body","parameters":[{"type":"text","text":"Asha"}]}]}""")]
    [InlineData(400, 132012, """{"name":"delivery_note","language":{"code":"en"},"components":[{"type":"body","parameters":[{"type":"text","parameter_name":"customer","text":"Asha"}]}]}""")]
    [InlineData(400, 132012, """{"name":"answer_for_you","language":{"code":"en"},"components":[{"type":"body","parameters":[{"type":"text","text":"Asha"}]}]}""")]
    [InlineData(400, 132018, """{"name":"answer_for_you","language":{"code":"en"},"components":[{"type":"body","parameters":[{"type":"text","parameter_name":"name","text":"a\nb"}]}]}""")]
    [InlineData(400, 131008, """{"name":"order_shipped","language":{"code":"en"},"components":[{"type":"header","parameters":[{"type":"text","text":"1"}]},{"type":"body","parameters":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}""")]
    public async Task A_wrong_template_is_refused_with_Metas_code(int status, int code, string template)
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        var (got, body, _) = await simulator.SendAsync(Send(template));
        (got, body.GetProperty("error").GetProperty("code").GetInt32()).ShouldBe((status, code));
    }

    [Fact]
    public async Task The_recorded_errors_have_the_same_words()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        var (_, unknown, _) = await simulator.SendAsync(Send("""{"name":"order_update","language":{"code":"de"}}"""));
        Words(unknown).ShouldBe(Words(Fixtures.Json("error-132001.json")));
        var (_, count, _) = await simulator.SendAsync(Send("""{"name":"order_update","language":{"code":"en_US"},"components":[{"type":"body","parameters":[{"type":"text","text":"x"}]}]}"""));
        Words(count).ShouldBe(Words(Fixtures.Json("error-132000.json")));

        static (string?, string?) Words(JsonElement body) => (body.GetProperty("error").GetProperty("message").GetString(), body.GetProperty("error").GetProperty("error_data").GetProperty("details").GetString());
    }

    [Fact]
    public async Task A_tap_arrives_as_a_button_that_answers_the_template()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        var (_, sent, _) = await simulator.SendAsync(Send("""{"name":"answer_ready","language":{"code":"en"}}"""));
        var id = sent.GetProperty("messages")[0].GetProperty("id").GetString();
        var tap = (await simulator.SayAsync(new { type = "button", buttonId = "Read it", title = "Read it", replyTo = id })).GetProperty("id").GetString();
        await simulator.Receiver.WaitAsync(one => one.Messages.Any(m => m.GetProperty("id").GetString() == tap));
        var message = simulator.Receiver.Callbacks.SelectMany(one => one.Messages).Single(m => m.GetProperty("id").GetString() == tap);
        (message.GetProperty("type").GetString(), message.GetProperty("button").GetProperty("text").GetString(), message.GetProperty("button").GetProperty("payload").GetString(), message.GetProperty("context").GetProperty("id").GetString())
            .ShouldBe(("button", "Read it", "Read it", id));
    }

    [Fact]
    public async Task The_list_comes_in_pages()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        var first = await ListAsync("?limit=5");
        first.GetProperty("data").GetArrayLength().ShouldBe(5);
        first.GetProperty("paging").TryGetProperty("next", out _).ShouldBeTrue();
        var rest = await ListAsync("?limit=5&after=" + first.GetProperty("paging").GetProperty("cursors").GetProperty("after").GetString());
        rest.GetProperty("data").GetArrayLength().ShouldBe(3);
        rest.GetProperty("paging").TryGetProperty("next", out _).ShouldBeFalse();

        async Task<JsonElement> ListAsync(string query)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v3/200000000000001/message_templates" + query);
            request.Headers.Add("apikey", SimulatorFixture.Key);
            using var answer = await simulator.Http.SendAsync(request, TestContext.Current.CancellationToken);
            return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        }
    }

    private static string Send(string template) => $"{{\"messaging_product\":\"whatsapp\",\"to\":\"{SimulatorFixture.Customer}\",\"type\":\"template\",\"template\":{template}}}";
}
