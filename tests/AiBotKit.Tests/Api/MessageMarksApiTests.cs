using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AiBotKit.Tests.Channels.WhatsApp;
using AiBotKit.Tests.Conversations;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Api;

/// <summary>What a message says about another one, and where its customer came from, as the REST API shows it: the wire's own payloads in, HTTP out.</summary>
public sealed class MessageMarksApiTests
{
    private const string Asha = "15550100101";
    private const string Chloe = "15550100103";
    private static readonly string[] Marks = ["replyTo", "target", "editedAt", "revokedAt", "reactions", "referral"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_that_has_none_of_them_has_none_of_their_members()
    {
        await using var shop = await TalkingShop.StartAsync();
        await PostAsync(shop, "inbound-text.json");
        var message = (await shop.MessagesAsync(Asha)).Single(m => TalkingShop.Role(m) == "customer");
        message.EnumerateObject().Select(member => member.Name).Intersect(Marks).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reply_names_the_quoted_message_by_our_id_when_it_is_kept()
    {
        await using var shop = await TalkingShop.StartAsync();
        var first = await PostAsync(shop, "inbound-text.json");
        var kept = await PostAsync(shop, "inbound-text-reply-own-message.json", first);
        var gone = await PostAsync(shop, "inbound-text-reply-context.json");
        var messages = await shop.MessagesAsync(Asha);
        var quoted = Of(messages, kept).GetProperty("replyTo");
        quoted.GetProperty("id").GetGuid().ShouldBe(Of(messages, first).GetProperty("id").GetGuid());
        quoted.GetProperty("providerMessageId").GetString().ShouldBe(first);
        Of(messages, gone).GetProperty("replyTo").GetProperty("id").ValueKind.ShouldBe(JsonValueKind.Null);

        // On a page of its own the quoted message is found all the same.
        var id = (await shop.ConversationAsync(Asha)).GetProperty("id").GetGuid();
        var cursor = "";
        for (var found = false; !found;)
        {
            var page = await shop.Api.GetFromJsonAsync<JsonElement>($"/api/conversations/{id}/messages?limit=1{cursor}", Stop);
            var one = page.GetProperty("items")[0];
            found = one.GetProperty("providerMessageId").GetString() == kept;
            (!found || one.GetProperty("replyTo").GetProperty("id").ValueKind == JsonValueKind.String).ShouldBeTrue();
            cursor = "&cursor=" + page.GetProperty("next").GetString();
        }
    }

    [Fact]
    public async Task A_changed_and_a_deleted_message_say_when_and_what_did_it_names_them()
    {
        await using var shop = await TalkingShop.StartAsync();
        var first = await PostAsync(shop, "inbound-text.json");
        var edit = await PostAsync(shop, "inbound-edit.json", first);
        var changed = Of(await shop.MessagesAsync(Asha), first);
        TalkingShop.Text(changed).ShouldBe("Edited caption");
        changed.GetProperty("editedAt").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(changed.GetProperty("createdAt").GetDateTimeOffset());
        changed.TryGetProperty("revokedAt", out _).ShouldBeFalse();

        var revoke = await PostAsync(shop, "inbound-revoke.json", first);
        var messages = await shop.MessagesAsync(Asha);
        Of(messages, first).GetProperty("revokedAt").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(changed.GetProperty("editedAt").GetDateTimeOffset());
        foreach (var act in new[] { edit, revoke })
        {
            Of(messages, act).GetProperty("target").GetProperty("id").GetGuid().ShouldBe(Of(messages, first).GetProperty("id").GetGuid());
        }
    }

    [Fact]
    public async Task A_message_carries_the_reaction_it_has_now_also_when_that_came_on_a_later_page()
    {
        await using var shop = await TalkingShop.StartAsync();
        var first = await PostAsync(shop, "inbound-text.json");
        await PostAsync(shop, "inbound-reaction.json", first);
        var id = (await shop.ConversationAsync(Asha)).GetProperty("id").GetGuid();
        var page = await shop.Api.GetFromJsonAsync<JsonElement>($"/api/conversations/{id}/messages?limit=1", Stop);
        page.GetProperty("items")[0].GetProperty("type").GetString().ShouldNotBe("text");
        while (page.GetProperty("next").GetString() is { } next)
        {
            page = await shop.Api.GetFromJsonAsync<JsonElement>($"/api/conversations/{id}/messages?limit=1&cursor={next}", Stop);
        }

        var reaction = page.GetProperty("items")[0].GetProperty("reactions").EnumerateArray().ShouldHaveSingleItem();
        reaction.GetProperty("role").GetString().ShouldBe("customer");
        reaction.GetProperty("emoji").GetString().ShouldBe("👍🏽");

        await PostAsync(shop, "inbound-reaction-removed.json", first);
        Of(await shop.MessagesAsync(Asha), first).TryGetProperty("reactions", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("inbound-text-referral-ctwa-image.json", "ad", "https://fb.me/inventedAd1", "Chat with us", "Aff-invented-click-id-0123456789")]
    [InlineData("inbound-text-referral-ctwa-video-no-clid.json", "ad", "https://fb.me/inventedAd1", "Chat with us", null)]
    [InlineData("inbound-text-referral-post.json", "post", "https://fb.me/inventedPost1", null, null)]
    public async Task A_message_from_an_ad_or_a_post_says_which(string file, string type, string url, string? headline, string? click)
    {
        await using var shop = await TalkingShop.StartAsync();
        var referral = Of(await MessagesAfterAsync(shop, file), WireId(WireFixtures.Text(file))).GetProperty("referral");
        referral.GetProperty("sourceType").GetString().ShouldBe(type);
        referral.GetProperty("sourceUrl").GetString().ShouldBe(url);
        referral.GetProperty("headline").GetString().ShouldBe(headline);
        referral.GetProperty("clickId").GetString().ShouldBe(click);
    }

    private static async Task<List<JsonElement>> MessagesAfterAsync(TalkingShop shop, string file)
    {
        await PostAsync(shop, file);
        return await shop.MessagesAsync(Chloe);
    }

    /// <summary>Posts a payload of the wire, pointed at another message when wanted; returns its own id.</summary>
    private static async Task<string> PostAsync(TalkingShop shop, string file, string? target = null)
    {
        var text = WireFixtures.Text(file);
        var own = WireId(text);
        if (target is not null)
        {
            var message = Message(text);
            var pointsAt = message.TryGetProperty("context", out var context) ? context.GetProperty("id").GetString()!
                : message.TryGetProperty("reaction", out var reaction) ? reaction.GetProperty("message_id").GetString()!
                : message.GetProperty(message.GetProperty("type").GetString()!).GetProperty("original_message_id").GetString()!;
            text = text.Replace(pointsAt, target, StringComparison.Ordinal);
        }

        (await shop.PostSignedAsync(Encoding.UTF8.GetBytes(text))).ShouldBe(200);
        return own;
    }

    private static string WireId(string payload) => Message(payload).GetProperty("id").GetString()!;

    private static JsonElement Message(string payload) =>
        JsonElement.Parse(payload).GetProperty("entry")[0].GetProperty("changes")[0].GetProperty("value").GetProperty("messages")[0];

    private static JsonElement Of(List<JsonElement> messages, string providerId) => messages.Single(m => m.GetProperty("providerMessageId").GetString() == providerId);
}
