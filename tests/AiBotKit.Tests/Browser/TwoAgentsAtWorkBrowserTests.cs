using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Conversations.Drafts;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiBotKit.Tests.Browser;

/// <summary>What one agent does with a conversation and what the customer sends, seen by the other agent and on the customer's phone.</summary>
public sealed class TwoAgentsAtWorkBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private const string Newcomer = "15550100103";

    [Fact]
    public async Task Who_writes_first_is_at_the_top_of_both_lists_and_is_taken_over_in_three_clicks()
    {
        await using var scene = await TwoAgents.OpenAsync(chromium.Browser, new Knower());
        // The list itself, on the small screen.
        await scene.Ben.GotoAsync(new Uri(scene.Shop.App.Address, "conversations").ToString());
        await scene.Ben.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await scene.Shop.Simulator.SayAsync(new { text = "I am new here" }, Newcomer);
        foreach (var page in new[] { scene.Ana, scene.Ben })
        {
            await Expect(page.Locator(".rowi")).ToHaveCountAsync(2, new() { Timeout = 120_000 });
            await Expect(page.Locator(".rowi").First).ToContainTextAsync("We open Monday to Friday", TwoAgents.Patient);
            await Expect(page.Locator(".rowi .l3").First).ToContainTextAsync("AI");
        }

        // One: the row. Two: the switch. Three: Send.
        await scene.Ana.Locator(".rowi a").First.ClickAsync();
        await Expect(scene.Ana.Locator(".timeline")).ToContainTextAsync("I am new here", TwoAgents.Patient);
        await scene.Ana.GetByRole(AriaRole.Switch, new() { Name = "AI replies" }).ClickAsync();
        await Expect(scene.Ana.Locator(".composer textarea")).ToBeFocusedAsync(new() { Timeout = 120_000 });
        await scene.Ana.Keyboard.TypeAsync("Welcome! Ana here.");
        await scene.Ana.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(scene.Ana.Locator(".timeline .msg.own").Last.Locator(".tick.read")).ToContainTextAsync("Read", TwoAgents.Patient);
        await Expect(scene.Ben.Locator(".rowi").First).ToContainTextAsync("Welcome! Ana here.", TwoAgents.Patient);
        await Expect(scene.Ben.Locator(".rowi .l3").First).ToContainTextAsync("Ana");
        await scene.Phone.GotoAsync(scene.Shop.Simulator.Url + "/phone#" + Newcomer);
        await scene.Phone.ReloadAsync();
        await scene.ReceivesAsync("Welcome! Ana here.");

        // The conversation beside it stays the AI's, on the same pages.
        await Pictures.KeepAsync(scene.Ben, "two-list-390");
        TalkingShop.Text(await scene.Shop.AskAsync("And on Mondays?")).ShouldContain(Knower.Text);
        await Expect(scene.Ben.Locator(".rowi .l3").First).ToContainTextAsync("AI", TwoAgents.Patient);
    }

    [Fact]
    public async Task A_photo_a_reaction_an_edit_and_a_deletion_are_on_both_pages()
    {
        await using var scene = await TwoAgents.OpenAsync(chromium.Browser, new Knower());
        await scene.Shop.Simulator.SayAsync(new { type = "image", caption = "My bag arrived torn" });
        foreach (var page in new[] { scene.Ana, scene.Ben })
        {
            await page.Locator(".pic img").WaitForAsync(new() { Timeout = 120_000 });
            await Expect(page.Locator(".pic img")).ToHaveJSPropertyAsync("complete", true);
        }

        var id = (await scene.Shop.Simulator.SayAsync(new { text = "Please call me" })).GetProperty("id").GetString();
        var answered = await scene.Shop.WaitAsync(all => all.Any(m => m.GetProperty("providerMessageId").GetString() == id && TalkingShop.Outcome(m) == "answered"));
        var answer = TalkingShop.Replies(answered)[^1].GetProperty("providerMessageId").GetString();
        await scene.Shop.Simulator.SayAsync(new { type = "reaction", messageId = answer, emoji = "👍" });
        await scene.Shop.Simulator.SayAsync(new { type = "edit", messageId = id, text = "Please write to me" });
        foreach (var page in new[] { scene.Ana, scene.Ben })
        {
            await Expect(page.Locator(".timeline")).ToContainTextAsync("👍", TwoAgents.Patient);
            await Expect(page.Locator(".timeline")).ToContainTextAsync("Please write to me", TwoAgents.Patient);
        }

        await scene.Shop.Simulator.SayAsync(new { type = "revoke", messageId = id });
        foreach (var page in new[] { scene.Ana, scene.Ben })
        {
            await Expect(page.Locator(".timeline")).ToContainTextAsync("deleted this message", TwoAgents.Patient);
            await Expect(page.Locator(".timeline")).Not.ToContainTextAsync("Please write to me", new() { Timeout = 120_000 });
        }
    }

    [Fact]
    public async Task What_comes_is_added_to_the_log_that_screen_readers_follow_and_nothing_in_it_is_said_again()
    {
        await using var scene = await TwoAgents.OpenAsync(chromium.Browser, new Knower());
        var pages = new[] { scene.Ana, scene.Ben };
        foreach (var page in pages)
        {
            // A log is polite by itself: what is added to it is read out when the reader is free. What is made anew would be read out again.
            await Expect(page.GetByRole(AriaRole.Log, new() { Name = "Messages with" })).ToContainTextAsync("When are you open?", TwoAgents.Patient);
            await page.EvaluateAsync("document.querySelectorAll('[role=log] li').forEach(one => { one.wasThere = true; })");
        }

        await scene.WriteAsync("And on Mondays?");
        foreach (var page in pages)
        {
            await Expect(page.Locator("[role=log] .msg.in").Last).ToContainTextAsync("And on Mondays?", TwoAgents.Patient);
            await Expect(page.Locator("[role=log] .msg.bot")).ToHaveCountAsync(2, new() { Timeout = 120_000 });
            var (all, anew) = (await page.Locator("[role=log] li").CountAsync(), await page.EvaluateAsync<int>("[...document.querySelectorAll('[role=log] li')].filter(one => !one.wasThere).length"));
            anew.ShouldBe(2, $"the question and its answer, of {all} lines");
        }
    }

    [Fact]
    public async Task Outside_the_window_one_sends_a_template_the_other_sees_it_and_the_phone_has_it()
    {
        await using var scene = await TwoAgents.OpenAsync(chromium.Browser, new Knower(), began: TimeSpan.FromHours(30), takenOver: true);
        var connection = (await scene.Shop.Api.GetFromJsonAsync<JsonElement>("/api/connections", TestContext.Current.CancellationToken)).GetProperty("items")[0].GetProperty("id").GetGuid();
        using (var synced = await scene.Shop.Api.PostAsync(new Uri($"/api/connections/{connection}/templates/sync", UriKind.Relative), null, TestContext.Current.CancellationToken))
        {
            synced.EnsureSuccessStatusCode();
        }

        await scene.Ben.ReloadAsync();
        await scene.Ben.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await Expect(scene.Ben.Locator(".tway").First).ToContainTextAsync("4 approved", TwoAgents.Patient);
        await scene.Ben.Locator(".tway").First.ClickAsync();
        var dialog = scene.Ben.GetByRole(AriaRole.Dialog, new() { Name = "Send an approved template" });
        await dialog.Locator("#template-choice").SelectOptionAsync("Order shipped");
        await dialog.GetByLabel("Heading").PressSequentiallyAsync("4471");
        await dialog.GetByLabel("Blank 1").PressSequentiallyAsync("Maya");
        await dialog.GetByLabel("Blank 2").PressSequentiallyAsync("Wednesday");
        await dialog.GetByLabel("End of the link").PressSequentiallyAsync("4471");
        await Expect(dialog.Locator(".tbub")).ToContainTextAsync("Hello Maya, your order is on its way and should be with you on Wednesday.", TwoAgents.Patient);
        await Pictures.KeepAsync(scene.Ben, "two-template-390");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await scene.ReceivesAsync("should be with you on Wednesday.");
        var seen = scene.Ana.Locator(".timeline .msg.own").Last;
        await Expect(seen).ToContainTextAsync("should be with you on Wednesday.", TwoAgents.Patient);
        await Expect(seen.Locator(".who2")).ToContainTextAsync("Ben Okafor");
        await Expect(scene.Ana.Locator(".lockrow")).ToBeVisibleAsync();
        await scene.WriteAsync("Thank you!");
        await Expect(scene.Ana.Locator(".composer textarea")).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await Expect(scene.Ben.Locator(".composer textarea")).ToBeVisibleAsync(new() { Timeout = 120_000 });
    }

    [Fact]
    public async Task What_the_AI_drafted_for_one_is_sent_under_that_name_and_the_other_sees_both()
    {
        await using var scene = await TwoAgents.OpenAsync(chromium.Browser, new Knower(), takenOver: true);
        await scene.WriteAsync("Are you open on Mondays?");
        await Expect(scene.Ana.Locator(".timeline .msg.in").Last).ToContainTextAsync("on Mondays?", TwoAgents.Patient);
        await scene.Ana.GetByRole(AriaRole.Button, new() { Name = "Draft with AI" }).ClickAsync();
        await Expect(scene.Ana.Locator(".composer textarea")).ToHaveValueAsync(Knower.Text, new() { Timeout = 120_000 });
        await Expect(scene.Ben.Locator(".composer textarea")).ToHaveValueAsync("");
        await scene.Ana.Locator(".composer textarea").PressAsync("Control+Enter");
        await scene.ReceivesAsync(Knower.Text);
        var seen = scene.Ben.Locator(".timeline .msg.own").Last;
        await Expect(seen).ToContainTextAsync("Sent as drafted by the AI", TwoAgents.Patient);
        await Expect(seen.Locator(".who2")).ToContainTextAsync("Ana Duarte");
    }

    [Fact]
    public async Task Who_asks_for_a_person_waits_in_both_lists_until_one_of_them_comes()
    {
        await using var scene = await TwoAgents.OpenAsync(chromium.Browser, new Knower());
        await scene.WriteAsync("Can I talk to a human?");
        foreach (var page in new[] { scene.Ana, scene.Ben })
        {
            await Expect(page.Locator(".statebar.wait")).ToContainTextAsync("The customer asked for one.", TwoAgents.Patient);
            await Expect(page).ToHaveTitleAsync(new System.Text.RegularExpressions.Regex(@"^\(1\) "));
        }

        await scene.Ben.GetByRole(AriaRole.Button, new() { Name = "Take over" }).ClickAsync();
        foreach (var page in new[] { scene.Ana, scene.Ben })
        {
            await Expect(page.Locator(".timeline .ev.person", new() { HasText = "Ben Okafor has joined the conversation" })).ToHaveCountAsync(1, new() { Timeout = 120_000 });
            await Expect(page).Not.ToHaveTitleAsync(new System.Text.RegularExpressions.Regex(@"^\("));
        }

        await scene.Ben.Locator(".composer textarea").FillAsync("Ben here, how can I help?");
        await scene.Ben.Locator(".composer .sendr").ClickAsync();
        await scene.ReceivesAsync("Ben here");
        await Expect(scene.Ana.Locator(".rowi").First).ToContainTextAsync("Ben here", TwoAgents.Patient);
        (await scene.Shop.ConversationAsync()).GetProperty("waitingReason").ValueKind.ShouldBe(JsonValueKind.Null);
    }
}
