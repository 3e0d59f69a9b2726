using System.Text;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Simulator;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>The callback address over HTTP: what is refused stores nothing, what is signed is never answered with an error.</summary>
public sealed class CallbackEndpointTests
{
    private static byte[] Fresh(string file) =>
        Encoding.UTF8.GetBytes(WireFixtures.Text(file).Replace("\"1784000000\"", $"\"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}\"", StringComparison.Ordinal));

    [Fact]
    public async Task A_signed_message_is_stored_once_under_its_session()
    {
        await using var shop = await TalkingShop.StartAsync();
        (await shop.PostSignedAsync(Fresh("inbound-text.json"))).ShouldBe(200);
        var stored = (await shop.MessagesAsync()).Where(m => TalkingShop.Role(m) == "customer").ShouldHaveSingleItem();
        TalkingShop.Text(stored).ShouldBe("Hi! What are your opening hours?");
        (await shop.ConversationAsync()).GetProperty("sessionId").GetString().ShouldBe("wa_15550100101");
    }

    [Fact]
    public async Task A_flipped_byte_or_a_missing_header_is_401_and_stores_nothing()
    {
        await using var shop = await TalkingShop.StartAsync();
        var body = Fresh("inbound-text.json");
        var signature = TextCallback.Sign(body);
        body[^10] ^= 1;
        (await shop.PostAsync(body, signature)).ShouldBe(401);
        (await shop.PostAsync(Fresh("inbound-text.json"), null)).ShouldBe(401);
        (await shop.PostAsync(Fresh("inbound-text.json"), "sha256=")).ShouldBe(401);
        (await shop.ConversationsAsync()).ShouldBeEmpty();
        (await shop.DeadLettersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task More_than_4_MiB_is_413()
    {
        await using var shop = await TalkingShop.StartAsync();
        var tooLong = new byte[(4 << 20) + 1];
        (await shop.PostSignedAsync(tooLong)).ShouldBe(413);
        (await shop.DeadLettersAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=invented-verify-token", 200, "1158201444")]
    [InlineData("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=wrong", 403, "")]
    [InlineData("hub.mode=unsubscribe&hub.challenge=1158201444&hub.verify_token=invented-verify-token", 403, "")]
    [InlineData("hub.challenge=1158201444", 403, "")]
    [InlineData("hub.mode=subscribe&hub.challenge=%3Cscript%3E&hub.verify_token=invented-verify-token", 403, "")]
    [InlineData("hub.mode=subscribe&hub.challenge=1&hub.verify_token=", 403, "")]
    public async Task The_handshake_echoes_only_for_the_right_token(string query, int status, string body)
    {
        await using var shop = await TalkingShop.StartAsync();
        using var answer = await shop.HandshakeAsync(query);
        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe(body);
        if (status == 200)
        {
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        }
    }

    [Fact]
    public async Task The_same_message_20_times_at_once_is_one_row_and_one_answer()
    {
        await using var shop = await TalkingShop.StartAsync();
        var body = Fresh("inbound-text.json");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => shop.PostSignedAsync(body)));
        answers.ShouldAllBe(status => status == 200);
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count > 0);

        // A second question behind it: when that one is answered, a second answer to the first would be there too.
        await shop.AskAsync("And on Sunday?");
        var all = await shop.MessagesAsync();
        all.Count(m => TalkingShop.Text(m) == "Hi! What are your opening hours?").ShouldBe(1);
        TalkingShop.Replies(all).Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_largest_batch_is_stored_whole()
    {
        await using var shop = await TalkingShop.StartAsync();
        (await shop.PostSignedAsync(WireFixtures.Bytes("inbound-batch-1000.json"))).ShouldBe(200);
        (await shop.MessagesAsync()).Count(m => TalkingShop.Role(m) == "customer").ShouldBe(1000);
        (await shop.DeadLettersAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("hostile-raw-empty.txt")]
    [InlineData("hostile-raw-invalid-utf8.txt")]
    [InlineData("hostile-raw-nan.txt")]
    [InlineData("hostile-raw-form-encoded.txt")]
    public async Task Signed_rubbish_is_taken_and_kept_as_one_dead_letter(string file)
    {
        await using var shop = await TalkingShop.StartAsync();
        (await shop.PostSignedAsync(WireFixtures.Bytes(file))).ShouldBe(200);
        (await shop.PostSignedAsync(WireFixtures.Bytes(file))).ShouldBe(200);
        (await shop.DeadLettersAsync()).ShouldHaveSingleItem().GetProperty("reason").GetString().ShouldNotBeNullOrWhiteSpace();
        (await shop.ConversationsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_that_is_signed_makes_the_callback_fail()
    {
        await using var shop = await TalkingShop.StartAsync();
        var failed = new List<string>();
        foreach (var fixture in WireFixtures.Callbacks())
        {
            var status = await shop.PostSignedAsync(WireFixtures.Bytes(fixture.File));
            if (status != 200)
            {
                failed.Add($"{fixture.File}: {status}");
            }
        }

        failed.ShouldBeEmpty();
    }
}
