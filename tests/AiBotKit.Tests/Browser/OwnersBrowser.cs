using System.Text.RegularExpressions;
using AiBotKit.Accounts;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using Microsoft.AspNetCore.Identity;
using Microsoft.Playwright;

namespace AiBotKit.Tests.Browser;

/// <summary>A browser whose person made the owner's account by the set-up link, as after a first start.</summary>
internal static class OwnersBrowser
{
    private const string Password = "seven green kettles sing";
    private const string Email = "ana@example.com";

    public static async Task<IPage> SetUpAsync(IBrowserContext context, AppFixture app) =>
        await EnterAsync(context, app, $"/setup?token={await app.Get<SetupLink>().IssueAsync()}", name: "Ana Duarte");

    public static Task<IPage> SignInAsync(IBrowserContext context, AppFixture app, string path) => EnterAsync(context, app, path, name: null);

    /// <summary>Somebody else of the team signs in, in a browser of their own.</summary>
    public static async Task<IPage> ColleagueAsync(IBrowserContext context, AppFixture app, string name, string path)
    {
        var person = new Person
        {
            Id = Guid.CreateVersion7(),
            AccountId = app.Get<FirstAccount>().Id,
            Email = name.Split(' ')[0].ToLowerInvariant() + "@example.com",
            DisplayName = name,
            PasswordHash = "",
            SecurityStamp = "stamp",
            Role = PersonRole.Agent,
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        person.PasswordHash = app.Get<IPasswordHasher<Person>>().HashPassword(person, Password);
        await app.Get<IDataWriter>().SaveAsync(db => { db.Add(person); });
        return await EnterAsync(context, app, path, name: null, person.Email);
    }

    public static async Task<IPage> OpenAsync(IBrowserContext context, AppFixture app, string path)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(app.Address, path).ToString());
        await LiveAsync(page);
        return page;
    }

    /// <summary>The address follows what is drawn, a moment later: waited for, never read at once.</summary>
    public static Task IsAtAsync(IPage page, string end) => Assertions.Expect(page).ToHaveURLAsync(new Regex(Regex.Escape(end) + "$"));

    private static async Task<IPage> EnterAsync(IBrowserContext context, AppFixture app, string path, string? name, string email = Email)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(app.Address, path).ToString());
        if (name is not null)
        {
            await page.GetByLabel("Your name").FillAsync(name);
        }

        await page.GetByLabel("E-mail").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.Keyboard.PressAsync("Enter");
        await LiveAsync(page);
        return page;
    }

    /// <summary>Rendered once by the server, then taken over by the circuit: only then do clicks count.</summary>
    private static Task LiveAsync(IPage page) => page.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
}
