using AiBotKit.Chatbots;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AiBotKit.Tests.Browser;

/// <summary>The shop with its owner at a browser, and everything that went wrong in it.</summary>
internal sealed class OpenShop : IAsyncDisposable
{
    private readonly IBrowser _browser;
    private readonly List<IBrowserContext> _contexts = [];
    private readonly List<IWebSocketRoute> _sockets = [];
    private readonly List<Task> _under = [];
    private bool _cut;

    private OpenShop(IBrowser browser, DashboardApp app) => (_browser, App) = (browser, app);

    public DashboardApp App { get; }

    public Guid AccountId { get; private set; }

    public Guid ChatbotId { get; private set; }

    public Guid Maya { get; private set; }

    /// <summary>Dialogs, script errors and refused content (CSP), in words.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Requests to anybody but this server.</summary>
    public List<string> Strangers { get; } = [];

    public static async Task<OpenShop> StartAsync(IBrowser browser)
    {
        var shop = new OpenShop(browser, new DashboardApp());
        (shop.AccountId, shop.Maya) = await CoffeeShop.OpenAsync(shop.App.Seed);
        await using var db = shop.App.Services.GetRequiredService<ReadDb>().Open();
        shop.ChatbotId = await db.Set<Chatbot>().Where(b => b.AccountId == shop.AccountId).OrderBy(b => b.CreatedAt).Select(b => b.Id).FirstAsync();
        shop.App.Services.GetRequiredService<DashboardApp.SignedInAs>().AccountId = shop.AccountId;
        return shop;
    }

    public async Task<IPage> OpenAsync(string path, int width = 1440, ColorScheme scheme = ColorScheme.Light, bool routeSockets = false)
    {
        var context = await _browser.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = width < 500 ? 844 : 900 }, TimezoneId = "Europe/Berlin" });
        _contexts.Add(context);
        var page = await context.NewPageAsync();
        page.Dialog += OnDialog;
        page.PageError += (_, error) => Problems.Add("script error: " + error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !_cut)
            {
                Problems.Add("console: " + message.Text);
            }
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(App.Address.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                Strangers.Add(request.Url);
            }
        };
        if (routeSockets)
        {
            await page.RouteWebSocketAsync(_ => true, OnSocket);
            // Without its socket the circuit would come back by long polling: a line that is down carries neither.
            await page.RouteAsync("**/_blazor*/**", route => _cut ? route.AbortAsync() : route.ContinueAsync());
            await page.RouteAsync("**/_blazor?*", route => _cut ? route.AbortAsync() : route.ContinueAsync());
        }

        await page.GotoAsync(new Uri(App.Address, path).ToString());
        if (await page.Locator(".shell, .poster").CountAsync() > 0)
        {
            // Rendered once by the server, then taken over by the circuit: only then do clicks count.
            await page.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        }

        return page;
    }

    /// <summary>Breaks the circuit's connection and keeps it broken.</summary>
    public async Task CutAsync()
    {
        _cut = true;
        foreach (var socket in _sockets.ToList())
        {
            await socket.CloseAsync();
        }
    }

    public void Mend() => _cut = false;

    /// <summary>A customer writes in the conversation with that address (<c>conversations/…</c>).</summary>
    public Task SayAsync(string path, string text) =>
        App.Seed.SayAsync(AccountId, Guid.Parse(path.Split('/')[^1]), MessageRole.Customer, text, App.Seed.Now);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_under);
        foreach (var context in _contexts)
        {
            await context.DisposeAsync();
        }

        await App.DisposeAsync();
    }

    private void OnSocket(IWebSocketRoute socket)
    {
        if (_cut)
        {
            _sockets.Add(socket);
            _under.Add(socket.CloseAsync());
            return;
        }

        _sockets.Add(socket);
        socket.ConnectToServer();
    }

    private void OnDialog(object? sender, IDialog dialog)
    {
        Problems.Add($"dialog: {dialog.Message}");
        _under.Add(dialog.DismissAsync());
    }
}
