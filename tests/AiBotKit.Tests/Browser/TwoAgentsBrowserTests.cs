using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Conversations;
using AiBotKit.Storage;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Conversations.Drafts;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Simulator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiBotKit.Tests.Browser;

/// <summary>Who answers a conversation, seen by two agents and written to from the customer's phone, each in a browser of their own.</summary>
public sealed class TwoAgentsBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_takeover_stops_the_answer_that_is_being_made_and_gives_it_to_the_person_as_a_suggestion()
    {
        var knower = new Knower();
        await using var scene = await TwoAgents.OpenAsync(chromium.Browser, knower);
        var (begun, told, free) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        knower.Next = async (_, stop) =>
        {
            // A provider that was told to stop and answers all the same.
            await using var end = stop.Register(() => told.TrySetResult());
            begun.TrySetResult();
            await free.Task;
            return Knower.Grounded("On Sundays we are closed.");
        };
        await scene.WriteAsync("And on Sundays?");
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(2), Stop);
        await Expect(scene.Ben.Locator(".timeline .msg.in").Last).ToContainTextAsync("And on Sundays?", TwoAgents.Patient);
        await scene.Ana.GetByRole(AriaRole.Switch, new() { Name = "AI replies" }).ClickAsync();
        await told.Task.WaitAsync(TimeSpan.FromMinutes(2), Stop);
        free.TrySetResult();

        await Expect(scene.Ben.Locator(".timeline .ev.person", new() { HasText = "Ana Duarte has joined the conversation" })).ToHaveCountAsync(1, new() { Timeout = 120_000 });
        await Expect(scene.Ben.Locator(".statebar.person")).ToContainTextAsync("A person answers next.");
        await scene.Ana.GetByRole(AriaRole.Button, new() { Name = "Use the AI’s draft" }).ClickAsync();
        await Expect(scene.Ana.Locator(".composer textarea")).ToHaveValueAsync("On Sundays we are closed.");
        await Pictures.KeepAsync(scene.Ana, "two-suggestion-1440");
        await scene.Ana.Locator(".composer textarea").FillAsync("Closed on Sundays, open on Saturdays.");
        await scene.Ana.Keyboard.PressAsync("Control+Enter");
        await scene.ReceivesAsync("Closed on Sundays, open on Saturdays.");
        await Expect(scene.Ben.Locator(".timeline .msg.own").Last).ToContainTextAsync("Closed on Sundays, open on Saturdays.", TwoAgents.Patient);
        (await scene.Phone.Locator("#chat").InnerTextAsync()).ShouldNotContain("we are closed");
        TalkingShop.Replies(await scene.Shop.MessagesAsync()).Count(m => TalkingShop.Text(m).Contains("we are closed", StringComparison.Ordinal) && m.GetProperty("providerMessageId").ValueKind == JsonValueKind.String).ShouldBe(0);
    }

    [Fact]
    public async Task The_window_closes_for_both_while_their_pages_are_open_and_the_customers_next_message_opens_it()
    {
        await using var scene = await TwoAgents.OpenAsync(chromium.Browser, new Knower(), takenOver: true);
        var (anas, bens) = (scene.Ana.Locator(".composer textarea"), scene.Ben.Locator(".composer textarea"));
        await anas.FillAsync("Nearly too late");
        var nearly = TimeProvider.System.GetUtcNow().AddHours(-24).AddSeconds(5);
        await scene.Shop.App.Get<IDataWriter>().SaveAsync(db => { db.Set<Conversation>().AsTracking().Single(c => c.Id == scene.Id).LastInboundAt = nearly; });
        await Expect(scene.Ana.Locator(".lockrow")).ToContainTextAsync("The 24-hour window closed", TwoAgents.Patient);
        await Expect(scene.Ben.Locator(".lockrow")).ToContainTextAsync("The 24-hour window closed", TwoAgents.Patient);
        await Expect(anas).ToBeHiddenAsync();
        await Expect(bens).ToBeHiddenAsync();
        await Pictures.KeepAsync(scene.Ben, "two-closed-390");
        var refused = await scene.Shop.Api.PostAsJsonAsync($"/api/conversations/{scene.Id}/messages", new { text = "Too late" }, Stop);
        ((int)refused.StatusCode, (await refused.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString()).ShouldBe((409, "WA_WINDOW_CLOSED"));

        await scene.WriteAsync("I am back");
        await Expect(anas).ToHaveValueAsync("Nearly too late", new() { Timeout = 120_000 });
        await Expect(anas).ToBeVisibleAsync();
        await Expect(bens).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await anas.PressAsync("Control+Enter");
        await scene.ReceivesAsync("Nearly too late");
        await Expect(scene.Ben.Locator(".timeline .msg.own")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task What_the_owner_answers_on_the_phone_is_shown_to_both_and_is_a_takeover()
    {
        var knower = new Knower();
        await using var scene = await TwoAgents.OpenAsync(chromium.Browser, knower);
        await scene.Shop.Simulator.ControlAsync($"/sim/customers/{SimulatorFixture.Customer}/echo", new { text = "It is me, from my phone" });
        foreach (var page in new[] { scene.Ana, scene.Ben })
        {
            await Expect(page.Locator(".timeline .msg.own").Last).ToContainTextAsync("It is me, from my phone", TwoAgents.Patient);
            await Expect(page.Locator(".statebar.person")).ToContainTextAsync("A person answers next.");
            await Expect(page.Locator(".composer textarea")).ToBeVisibleAsync();
        }

        await Pictures.KeepAsync(scene.Ana, "two-echo-1440");
        var asked = knower.Asked.Count;
        await scene.WriteAsync("Nice to hear from you");
        var messages = await scene.Shop.WaitAsync(all => all.Any(m => TalkingShop.Text(m) == "Nice to hear from you" && TalkingShop.Outcome(m) is not null));
        TalkingShop.Outcome(messages.Single(m => TalkingShop.Text(m) == "Nice to hear from you")).ShouldBe("ai_off");
        knower.Asked.Count.ShouldBe(asked, "the AI is not asked");

        // What is sent from here comes back from the provider as a status, never as a second message.
        await scene.Ben.Locator(".composer textarea").FillAsync("And this is Ben, from the dashboard");
        await scene.Ben.Locator(".composer .sendr").ClickAsync();
        await scene.ReceivesAsync("And this is Ben");
        await Expect(scene.Ana.Locator(".timeline .msg.own")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task A_takeover_that_is_over_shows_on_both_pages_and_the_AI_knows_what_the_person_said()
    {
        var knower = new Knower();
        await using var scene = await TwoAgents.OpenAsync(chromium.Browser, knower, takenOver: true);
        await scene.Ana.Locator(".composer textarea").FillAsync("I keep the red one for you.");
        await scene.Ana.Keyboard.PressAsync("Control+Enter");
        await scene.ReceivesAsync("I keep the red one");
        await Expect(scene.Ben.Locator(".statebar.person")).ToContainTextAsync("The AI takes over again in");
        var soon = TimeProvider.System.GetUtcNow().AddSeconds(5);
        await scene.Shop.App.Get<IDataWriter>().SaveAsync(db => { db.Set<Conversation>().AsTracking().Single(c => c.Id == scene.Id).TakeoverUntil = soon; });
        foreach (var page in new[] { scene.Ana, scene.Ben })
        {
            await Expect(page.Locator(".statebar.ai")).ToContainTextAsync("The AI answers next.", TwoAgents.Patient);
            await Expect(page.Locator(".composer")).ToHaveCountAsync(0);
            await Expect(page.Locator(".timeline .ev.ai").Last).ToContainTextAsync("The AI answers again", TwoAgents.Patient);
        }

        await Pictures.KeepAsync(scene.Ben, "two-over-390");
        await scene.WriteAsync("Which one was it?");
        await scene.ReceivesAsync(Knower.Text);
        knower.Asked[^1].History.ShouldContain(turn => turn.Text.Contains("I keep the red one for you.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Merged_and_erased_by_one_it_is_so_for_the_other()
    {
        await using var scene = await TwoAgents.OpenAsync(chromium.Browser, new Knower());
        await scene.Shop.Simulator.SayAsync(new { text = "From my other number" }, "15550100102");
        await scene.Shop.WaitAsync(all => all.Count > 1, "15550100102");
        var other = (await scene.Shop.ConversationAsync("15550100102")).GetProperty("id").GetGuid();
        await scene.Ana.GetByRole(AriaRole.Button, new() { Name = "Merge with another contact" }).ClickAsync();
        var dialog = scene.Ana.GetByRole(AriaRole.Dialog, new() { Name = "Merge with another contact" });
        await dialog.GetByLabel("Name or number").PressSequentiallyAsync("0102");
        await dialog.Locator(".hits button").First.ClickAsync();
        foreach (var page in new[] { scene.Ana, scene.Ben })
        {
            await Expect(page.Locator(".timeline")).ToContainTextAsync("From my other number", TwoAgents.Patient);
            await Expect(page.Locator(".timeline .ev", new() { HasText = "merged two contacts" })).ToHaveCountAsync(1);
        }

        // The other number's next message is in the one conversation, on both pages.
        await scene.Shop.Simulator.SayAsync(new { text = "Still my other number" }, "15550100102");
        await Expect(scene.Ana.Locator(".timeline")).ToContainTextAsync("Still my other number", TwoAgents.Patient);
        await Expect(scene.Ben.Locator(".timeline")).ToContainTextAsync("Still my other number", TwoAgents.Patient);
        other.ShouldNotBe(scene.Id);

        await scene.Ana.GetByRole(AriaRole.Button, new() { Name = "Erase", Exact = true }).ClickAsync();
        await scene.Ana.GetByRole(AriaRole.Dialog, new() { Name = "Erase this contact?" }).GetByRole(AriaRole.Button, new() { Name = "Erase for good" }).ClickAsync();
        await Expect(scene.Ben.Locator(".timeline")).ToHaveCountAsync(0, new() { Timeout = 120_000 });
        await Expect(scene.Ana.Locator(".rowi")).ToHaveCountAsync(0, new() { Timeout = 120_000 });
        await Pictures.KeepAsync(scene.Ben, "two-erased-390");
        // Out of everybody's sight at once; the rows go after it, slice by slice.
        await Patience.UntilAsync(() => (long)scene.Shop.App.Sql("SELECT count(*) FROM messages")! == 0, "no message left");
    }
}
