using AiBotKit.Accounts;
using AiBotKit.Tests.Fakes;
using Microsoft.Playwright;

namespace AiBotKit.Tests.Browser;

/// <summary>A browser whose person made the owner's account by the set-up link, as after a first start.</summary>
internal static class OwnersBrowser
{
    private const string Password = "seven green kettles sing";
    private const string Email = "ana@example.com";

    public static async Task<IPage> SetUpAsync(IBrowserContext context, AppFixture app)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(app.Address, $"/setup?token={await app.Get<SetupLink>().IssueAsync()}").ToString());
        await page.GetByLabel("Your name").FillAsync("Ana Duarte");
        await page.GetByLabel("E-mail").FillAsync(Email);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.Keyboard.PressAsync("Enter");
        await LiveAsync(page);
        return page;
    }

    public static async Task<IPage> SignInAsync(IBrowserContext context, AppFixture app, string path)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(app.Address, path).ToString());
        await page.GetByLabel("E-mail").FillAsync(Email);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.Keyboard.PressAsync("Enter");
        await LiveAsync(page);
        return page;
    }

    public static async Task<IPage> OpenAsync(IBrowserContext context, AppFixture app, string path)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(app.Address, path).ToString());
        await LiveAsync(page);
        return page;
    }

    /// <summary>Rendered once by the server, then taken over by the circuit: only then do clicks count.</summary>
    private static Task LiveAsync(IPage page) => page.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
}
