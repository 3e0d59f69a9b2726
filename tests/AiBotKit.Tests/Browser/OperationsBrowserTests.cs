using AiBotKit.Operations;
using AiBotKit.Tests.Channels.WhatsApp;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Fakes;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>What an operator does on the dashboard when something went wrong: the real server, signed in by the set-up link, in the real browser.</summary>
public sealed class OperationsBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>, IDisposable
{
    private const string Words = "Hi! What are your opening hours?";
    private readonly string _folder = Directory.CreateTempSubdirectory("aibotkit-restored-").FullName;

    [Fact]
    public async Task A_dead_letter_is_read_and_replayed_by_its_button_once_it_can_be()
    {
        await using var shop = await TalkingShop.StartAsync();
        shop.App.Sql($"CREATE TRIGGER refuse BEFORE INSERT ON messages WHEN NEW.Text = '{Words}' BEGIN SELECT RAISE(ABORT, 'refused'); END");
        (await shop.PostSignedAsync(WireFixtures.Bytes("inbound-text.json"))).ShouldBe(200);
        await using var context = await chromium.Browser.NewContextAsync();
        var page = await OwnersBrowser.SetUpAsync(context, shop.App);
        await page.GetByRole(AriaRole.Link, new() { Name = "Dead letters" }).ClickAsync();
        var letter = page.Locator(".tbl tbody tr").First;
        await letter.GetByRole(AriaRole.Button, new() { Name = "Raw" }).ClickAsync();
        await Expect(page.Locator("pre.raw")).ToContainTextAsync(Words);

        await letter.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();
        await Expect(page.Locator(".said")).Not.ToBeEmptyAsync();
        await Expect(letter.GetByRole(AriaRole.Button, new() { Name = "Replay" })).ToBeEnabledAsync();
        (await shop.MessagesAsync("15550100101")).ShouldBeEmpty();

        shop.App.Sql("DROP TRIGGER refuse");
        await letter.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();
        await Expect(letter).ToContainTextAsync("Replayed");
        await Expect(letter.GetByRole(AriaRole.Button, new() { Name = "Replay" })).ToHaveCountAsync(0);
        (await shop.MessagesAsync("15550100101")).ShouldContain(m => TalkingShop.Text(m) == Words);
        await page.GetByRole(AriaRole.Link, new() { Name = "Inbox" }).ClickAsync();
        await Expect(page.Locator(".rowi", new() { HasText = Words })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Audit" }).ClickAsync();
        var lines = page.Locator(".trail li");
        await Expect(lines.Nth(0)).ToContainTextAsync("Ana Duarte replayed a dead letter.");
        await Expect(lines.Nth(0)).ToContainTextAsync("127.0.0.1");
        await Expect(lines.Nth(1)).ToContainTextAsync("Ana Duarte made the owner's account");
        await page.GetByRole(AriaRole.Button, new() { Name = "Refused" }).ClickAsync();
        await Expect(page.Locator(".nothing")).ToContainTextAsync("Nobody was refused");
        using var stranger = shop.App.Anonymous();
        await Forms.PostAsync(stranger, "/sign-in", "/account/sign-in", ("email", "ana@example.com"), ("password", "not her password"));
        await Expect(lines.First).ToContainTextAsync("Ana Duarte could not sign in.");
    }

    [Fact]
    public async Task A_restored_copy_says_on_every_page_that_it_sends_nothing_until_somebody_releases_it()
    {
        var backup = Path.Combine(_folder, "backup.db");
        var restored = Path.Combine(_folder, "restored");
        await using (var original = new AppFixture())
        {
            await using var first = await chromium.Browser.NewContextAsync();
            var page = await OwnersBrowser.SetUpAsync(first, original);
            await Expect(page.Locator(".quarantine")).ToHaveCountAsync(0);
            (await Commands.RunAsync(["backup", "--url", original.Address.ToString(), "--key", AppFixture.ApiKey, "--to", backup])).ShouldBe(0);
            (await Commands.RunAsync(["restore", "--from", backup, "--to", restored])).ShouldBe(0);
            foreach (var key in Directory.GetFiles(original.Folder, "*.key", SearchOption.AllDirectories))
            {
                var to = Path.Combine(restored, Path.GetRelativePath(original.Folder, key));
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(key, to);
            }
        }

        await using var copy = new AppFixture(folder: restored);
        await using var context = await chromium.Browser.NewContextAsync();
        var bots = await OwnersBrowser.SignInAsync(context, copy, "");
        var pages = new List<IPage> { bots };
        foreach (var path in new[] { "conversations", "health", "dead-letters", "audit", "no-such-page" })
        {
            pages.Add(await OwnersBrowser.OpenAsync(context, copy, path));
        }

        foreach (var page in pages)
        {
            await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "Restored copy: nothing is answered or sent." })).ToBeVisibleAsync();
        }

        // The inbox keeps its columns within the window, on a phone too.
        foreach (var width in new[] { 1440, 390 })
        {
            await pages[1].SetViewportSizeAsync(width, 844);
            (await pages[1].EvaluateAsync<int>("document.documentElement.scrollHeight - innerHeight")).ShouldBeLessThanOrEqualTo(0);
            (await pages[1].Locator(".inbox").BoundingBoxAsync())!.Height.ShouldBeGreaterThan(400);
        }

        await bots.GetByRole(AriaRole.Button, new() { Name = "Release" }).ClickAsync();
        await Expect(bots.Locator(".quarantine")).ToHaveCountAsync(0);
        await pages[1].ReloadAsync();
        await Expect(pages[1].Locator(".rail")).ToBeVisibleAsync();
        await Expect(pages[1].Locator(".quarantine")).ToHaveCountAsync(0);
    }

    public void Dispose() => Directory.Delete(_folder, true);

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
