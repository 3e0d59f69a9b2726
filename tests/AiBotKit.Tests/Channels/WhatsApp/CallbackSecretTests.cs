using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiBotKit.Channels.WhatsApp;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Simulator;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>Numbers with a signing secret of their own: it vouches for its number, is changed without a loss, and is chosen by nobody's word but proved by the signature.</summary>
public sealed class CallbackSecretTests
{
    private const string Waba = "200000000000002";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_numbers_secret_delivers_nothing_for_another_number()
    {
        await using var shop = await ConnectShop.StartAsync();
        await shop.ConnectAsync(HttpStatusCode.Created);
        var (secret, key) = (shop.StoredSecret(), (string)shop.Shop.App.Sql("SELECT CallbackKey FROM connections WHERE CallbackKey IS NOT NULL")!);
        var theirs = ConnectShop.Callback(SimulatorFixture.Number, "200000000000001", "forged for the other number");

        // Chosen by the body: the other number has no such secret. Chosen by the key: it is ours, and speaks for us only.
        (await PostAsync(shop, theirs, secret)).ShouldBe(401);
        (await PostAsync(shop, theirs, secret, key)).ShouldBe(200);
        (await shop.MessagesAsync()).ShouldBeEmpty();

        // Both in one: ours is stored, the other is dropped.
        var mixed = JsonNode.Parse(ConnectShop.Callback(ConnectShop.SecondNumber, Waba, "ours"))!;
        mixed["entry"]!.AsArray().Add(JsonNode.Parse(theirs)!["entry"]![0]!.DeepClone());
        (await PostAsync(shop, Encoding.UTF8.GetBytes(mixed.ToJsonString()), secret)).ShouldBe(200);
        (await shop.MessagesAsync()).Select(TalkingShop.Text).ShouldBe(["ours"]);
        shop.Shop.App.Sql("SELECT count(*) FROM dead_letters").ShouldBe(0L);
    }

    [Fact]
    public async Task A_numbers_secret_ends_no_other_connection_of_the_same_account_at_the_provider()
    {
        await using var shop = await ConnectShop.StartAsync();
        await shop.ConnectAsync(HttpStatusCode.Created);
        shop.Shop.App.Sql($"UPDATE connections SET WabaId = '{Waba}'");
        var (secret, key) = (shop.StoredSecret(), (string)shop.Shop.App.Sql("SELECT CallbackKey FROM connections WHERE CallbackKey IS NOT NULL")!);
        var at = TimeProvider.System.GetUtcNow().AddSeconds(2).ToUnixTimeSeconds();
        string Gone(string waba) => JsonSerializer.Serialize(new { @object = "whatsapp_business_account", entry = new[] { new { id = waba, time = at, changes = new[] { new { field = "account_update", value = new { @event = "ACCOUNT_DELETED" } } } } } });

        (await PostAsync(shop, Encoding.UTF8.GetBytes(Gone("200000000000001")), secret, key)).ShouldBe(200);
        (await shop.ListAsync()).ShouldAllBe(c => c.GetProperty("state").GetString() != "disconnected");
        (await PostAsync(shop, Encoding.UTF8.GetBytes(Gone(Waba)), secret, key)).ShouldBe(200);
        (await shop.ListAsync()).Select(c => (c.GetProperty("phoneNumberId").GetString(), c.GetProperty("state").GetString()))
            .ShouldBe([(ConnectShop.SecondNumber, "disconnected"), (SimulatorFixture.Number, "connected")]);

        // The installation's own secret speaks for all of them.
        (await PostAsync(shop, Encoding.UTF8.GetBytes(Gone(Waba)), SimulatorFixture.Secret)).ShouldBe(200);
        (await shop.ListAsync()).ShouldAllBe(c => c.GetProperty("state").GetString() == "disconnected");
    }

    [Fact]
    public async Task Only_a_right_signature_counts_whatever_the_address_says()
    {
        await using var shop = await ConnectShop.StartAsync();
        await shop.ConnectAsync(HttpStatusCode.Created);
        var (secret, key) = (shop.StoredSecret(), (string)shop.Shop.App.Sql("SELECT CallbackKey FROM connections WHERE CallbackKey IS NOT NULL")!);
        var body = ConnectShop.Callback(ConnectShop.SecondNumber, Waba, "hello");
        foreach (var (wrong, at) in new[] { ("wrong-secret", key), ("wrong-secret", null), ("", key), (key, key), (ConnectShop.SecondKey, null), ("wrong-secret", "no-such-key") })
        {
            (await PostAsync(shop, body, wrong, at)).ShouldBe(401, $"{wrong} at {at}");
        }

        (await shop.MessagesAsync()).ShouldBeEmpty();
        (await PostAsync(shop, body, secret, "no-such-key")).ShouldBe(200, "the body chooses when the key says nothing");
        (await shop.MessagesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task While_a_secret_is_changed_both_are_taken_and_one_that_leaked_ends_at_once()
    {
        await using var shop = await ConnectShop.StartAsync();
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        var path = $"/api/connections/{connection.GetProperty("id").GetGuid()}/secret";
        var first = shop.StoredSecret();
        var rotated = await PostAsync(shop, path, new { });
        rotated.GetProperty("previousValidUntil").GetDateTimeOffset().ShouldBeGreaterThan(TimeProvider.System.GetUtcNow().AddDays(6));
        var second = shop.StoredSecret();
        second.ShouldNotBe(first);
        foreach (var secret in new[] { first, second })
        {
            (await PostAsync(shop, ConnectShop.Callback(ConnectShop.SecondNumber, Waba, "under " + secret), secret)).ShouldBe(200);
        }

        // The provider signs with the new one by now.
        await shop.SayAsync("said after the change");
        await shop.WaitAsync(all => all.Count == 3);

        (await PostAsync(shop, path, new { }, HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("rotation_under_way");
        await PostAsync(shop, path, new { overlapMinutes = 0 });
        foreach (var secret in new[] { first, second })
        {
            (await PostAsync(shop, ConnectShop.Callback(ConnectShop.SecondNumber, Waba, "late"), secret)).ShouldBe(401);
        }

        (await PostAsync(shop, ConnectShop.Callback(ConnectShop.SecondNumber, Waba, "now"), shop.StoredSecret())).ShouldBe(200);
    }

    [Fact]
    public async Task A_change_that_the_provider_did_not_hear_of_is_continued_and_loses_neither_secret()
    {
        await using var shop = await ConnectShop.StartAsync();
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        var path = $"/api/connections/{connection.GetProperty("id").GetGuid()}/secret";
        var first = shop.StoredSecret();
        await shop.KeysAsync("another");
        (await PostAsync(shop, path, new { }, HttpStatusCode.BadGateway)).GetProperty("code").GetString().ShouldBe("webhook_not_taken");
        var second = shop.StoredSecret();
        await shop.KeysAsync(ConnectShop.SecondKey);
        await PostAsync(shop, path, new { });
        shop.StoredSecret().ShouldBe(second, "the change is continued");
        foreach (var secret in new[] { first, second })
        {
            (await PostAsync(shop, ConnectShop.Callback(ConnectShop.SecondNumber, Waba, "x"), secret)).ShouldBe(200);
        }
    }

    [Theory]
    [InlineData("""{"metadata":{"phone_number_id":"123"}}""", "123")]
    [InlineData("{\"phone_number_id\" :\t 456 }", "456")]
    [InlineData("""{"phone_number_id":"12a"}""", "12")]
    [InlineData("""{"phone_number_id":{}}""", null)]
    [InlineData("""{"phone_number_id":""", null)]
    [InlineData("""{"phone_number_id""", null)]
    [InlineData("", null)]
    public void The_number_in_a_body_is_found_without_parsing(string body, string? number) =>
        CallbackSecrets.PhoneNumberIdIn(Encoding.UTF8.GetBytes(body)).ShouldBe(number);

    private static async Task<int> PostAsync(ConnectShop shop, byte[] body, string secret, string? key = null)
    {
        using var http = new HttpClient { BaseAddress = shop.Shop.App.Address };
        using var content = new ByteArrayContent(body);
        content.Headers.Add("X-Hub-Signature-256", WebhookSignature.Sign(secret, body));
        using var answer = await http.PostAsync("/api/whatsapp/callback" + (key is null ? "" : "?k=" + key), content, Stop);
        return (int)answer.StatusCode;
    }

    private static async Task<JsonElement> PostAsync(ConnectShop shop, string path, object body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var answer = await shop.Shop.Api.PostAsJsonAsync(path, body, Stop);
        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync(Stop));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }
}
