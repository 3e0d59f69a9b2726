using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Tests.Simulator;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations.Contacts;

/// <summary>A contact over REST: its names, one person under several of them, and everything that is stored of it.</summary>
public sealed class ContactApiTests
{
    private const string First = "5511987654321";
    private const string Variant = "551187654321";
    private const string Second = "15550107777";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_own_name_is_kept_over_the_profile_name_until_it_is_taken_back()
    {
        await using var shop = await TalkingShop.StartAsync();
        var id = await SaysAsync(shop, "a1", "hello", First, "Mari on WhatsApp");
        (await RenameAsync(shop, id, "  Maria, wholesale ")).GetProperty("name").GetString().ShouldBe("Maria, wholesale");
        await SaysAsync(shop, "a2", "hello again", First, "Mari ✨");
        var contact = await ReadAsync(shop, id);
        (contact.GetProperty("name").GetString(), contact.GetProperty("profileName").GetString(), contact.GetProperty("nameGiven").GetBoolean()).ShouldBe(("Maria, wholesale", "Mari ✨", true));
        (await shop.ConversationAsync(First)).GetProperty("contactName").GetString().ShouldBe("Maria, wholesale");
        (await RenameAsync(shop, id, "")).GetProperty("name").GetString().ShouldBe("Mari ✨");
        using var refused = await shop.Api.PatchAsJsonAsync($"/api/contacts/{id}", new { name = new string('x', 257) }, Stop);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task All_names_of_a_person_are_one_contact_that_can_be_merged_and_split()
    {
        await using var shop = await TalkingShop.StartAsync();
        var id = await SaysAsync(shop, "a1", "from the one", First);
        await shop.PostSignedAsync(TextCallback.Body("a2", "the other form", Variant));
        await shop.WaitAsync(all => all.Count(m => TalkingShop.Role(m) == "customer") == 2, First);
        var other = await SaysAsync(shop, "b1", "from another number", Second);
        (await ReadAsync(shop, id)).GetProperty("names").EnumerateArray().Select(Name).ShouldBe(["wa_" + First, "wa_" + Variant]);

        var merged = await PostAsync(shop, $"/api/contacts/{id}/merge", new { with = other }, HttpStatusCode.OK);
        merged.GetProperty("names").EnumerateArray().Select(Name).ShouldBe(["wa_" + First, "wa_" + Second, "wa_" + Variant], ignoreOrder: true);
        (await ReadAsync(shop, other)).GetProperty("id").GetGuid().ShouldBe(id, "both ids are the contact's");
        (await shop.ConversationsAsync()).Count.ShouldBe(1);
        (await PostAsync(shop, $"/api/contacts/{id}/merge", new { with = other }, HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("not_separable");

        (await PostAsync(shop, $"/api/contacts/{id}/split", new { name = "wa_" + First }, HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("not_separable");
        var split = await PostAsync(shop, $"/api/contacts/{id}/split", new { name = "wa_" + Second }, HttpStatusCode.OK);
        split.GetProperty("id").GetGuid().ShouldBe(other);
        (await shop.ConversationsAsync()).Count.ShouldBe(2);
        (await shop.MessagesAsync(Second)).Select(TalkingShop.Text).ShouldContain("from another number");
        await PostAsync(shop, $"/api/contacts/{id}/merge", new { with = Guid.NewGuid() }, HttpStatusCode.NotFound);
        await PostAsync(shop, $"/api/contacts/{id}/merge", new { }, HttpStatusCode.BadRequest);
        var audit = await shop.Api.GetFromJsonAsync<JsonElement>("/api/audit", Stop);
        audit.GetProperty("items").EnumerateArray().Select(a => a.GetProperty("act").GetString()).Where(act => act!.StartsWith("contact", StringComparison.Ordinal)).ShouldBe(["contact_split", "contacts_merged"]);
    }

    [Fact]
    public async Task The_export_holds_everything_that_is_stored_of_the_person_and_nothing_of_others()
    {
        await using var shop = await TalkingShop.StartAsync();
        var id = await SaysAsync(shop, "a1", "question of the person", First, "Mari");
        await SaysAsync(shop, "b1", "question of somebody else", Second);
        await shop.Simulator.SayAsync(new { type = "document", caption = "see the list", filename = "list.pdf" }, First);
        await shop.WaitAsync(all => all.Any(m => m.TryGetProperty("media", out var file) && file.GetProperty("state").GetString() == "stored"), First);
        await PostAsync(shop, $"/api/conversations/{id}/notes", new { text = "a note of the team" }, HttpStatusCode.Created);
        using var answer = await shop.Api.GetAsync($"/api/contacts/{id}/export", Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        var text = await answer.Content.ReadAsStringAsync(Stop);
        text.ShouldNotContain("somebody else");
        var export = JsonDocument.Parse(text).RootElement;
        export.GetProperty("contact").GetProperty("profileName").GetString().ShouldBe("Mari");
        var conversation = export.GetProperty("conversations").EnumerateArray().Single();
        var messages = conversation.GetProperty("messages").EnumerateArray().ToList();
        messages.Select(TalkingShop.Text).ShouldBe((await shop.MessagesAsync(First)).Select(TalkingShop.Text), ignoreOrder: true);
        messages.Single(m => m.TryGetProperty("media", out _)).GetProperty("media").GetProperty("fileName").GetString().ShouldBe("list.pdf");
        messages.Single(m => TalkingShop.Text(m) == "question of the person").GetProperty("asReceived").GetString().ShouldNotBeNull().ShouldContain("question of the person");
        messages.ShouldContain(m => TalkingShop.Text(m) == "a note of the team");
        conversation.GetProperty("turns").EnumerateArray().Select(t => t.GetProperty("answer").GetString()).ShouldContain("re: question of the person");
    }

    private static string Name(JsonElement name) => name.GetProperty("name").GetString()!;

    /// <summary>Says it and waits for the answer; the conversation's id.</summary>
    private static async Task<Guid> SaysAsync(TalkingShop shop, string id, string text, string customer, string? name = null)
    {
        await shop.PostSignedAsync(TextCallback.Body(id, text, customer, name: name));
        await shop.WaitAsync(all => TalkingShop.Replies(all).Any(m => TalkingShop.Text(m).Contains(text, StringComparison.Ordinal)), customer);
        return (await shop.ConversationAsync(customer)).GetProperty("id").GetGuid();
    }

    private static Task<JsonElement> ReadAsync(TalkingShop shop, Guid id) => shop.Api.GetFromJsonAsync<JsonElement>($"/api/contacts/{id}", Stop);

    private static async Task<JsonElement> RenameAsync(TalkingShop shop, Guid id, string name)
    {
        using var answer = await shop.Api.PatchAsJsonAsync($"/api/contacts/{id}", new { name }, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private static async Task<JsonElement> PostAsync(TalkingShop shop, string path, object body, HttpStatusCode expected)
    {
        using var answer = await shop.Api.PostAsJsonAsync(path, body, Stop);
        answer.StatusCode.ShouldBe(expected);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }
}
