using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace AiBotKit.Bench.EndToEnd;

/// <summary>
/// (f) From the store to the eye: people look at conversations in real browser pages while customers write and the AI answers. Taken is the time from a
/// message's own time in the store, which lies before its commit, until the browser has drawn it; all clocks are this machine's.
/// </summary>
internal static class LiveBench
{
    private const int Viewers = 4;
    private const int Customers = 8;
    private const double Rate = 5;
    /// <summary>So that every customer writes equally often.</summary>
    private const int Seconds = 64;

    /// <summary>Writes down when each message was drawn: after the frame that follows its arrival in the page.</summary>
    private const string Watch =
        """
        () => {
          window.drawn = {};
          const look = () => {
            const fresh = [...document.querySelectorAll('.timeline .msg')].map(m => m.dataset.key).filter(key => !(key in window.drawn));
            for (const key of fresh) window.drawn[key] = 0;
            if (fresh.length) requestAnimationFrame(() => setTimeout(() => { for (const key of fresh) window.drawn[key] = Date.now(); }));
          };
          look();
          new MutationObserver(look).observe(document.querySelector('.timeline ol'), { childList: true, subtree: true });
        }
        """;

    /// <summary>Milliseconds.</summary>
    internal sealed record Times(int Count, double P50, double P95, double P99, double Max)
    {
        public static Times Of(IEnumerable<double> times)
        {
            var sorted = times.Order().ToList();
            double At(double share) => sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
            return new Times(sorted.Count, At(0.5), At(0.95), At(0.99), At(1));
        }
    }

    /// <param name="Questions">Of customers; target 300 ms at p95.</param>
    /// <param name="Answers">Of the AI; the same target.</param>
    internal sealed record Figures(int Viewers, double Rate, Times Questions, Times Answers);

    public static async Task<Figures> RunAsync()
    {
        await using var rig = new Rig();
        await rig.StartModelAsync(TimeSpan.FromMilliseconds(300));
        await rig.StartSimulatorAsync();
        await rig.StartProductAsync(new() { ["Conversations__LoopGuardTurns"] = "0" });
        await DemandAsync(rig, new { rate = Rate, count = Customers, customers = Customers });

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("AIBOTKIT_CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var signedIn = await SignInAsync(browser, rig);
        var pages = new List<IPage>();
        foreach (var id in (await rig.ConversationsAsync()).Take(Viewers))
        {
            // A window each: a browser draws a tab behind another once a second.
            var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 }, StorageState = signedIn });
            var page = await context.NewPageAsync();
            await page.GotoAsync($"{RigSettings.Url(rig.ProductPort)}/conversations/{id}");
            await page.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
            await page.EvaluateAsync(Watch);
            if (!await page.EvaluateAsync<bool>("document.visibilityState === 'visible'"))
            {
                throw new BrokenPromiseException("the page of a viewer is hidden, and is drawn once a second");
            }

            pages.Add(page);
        }

        var before = (await StoredAsync(rig)).Keys.ToHashSet();
        await DemandAsync(rig, new { rate = Rate, seconds = Seconds, customers = Customers });
        await Task.Delay(TimeSpan.FromSeconds(3));
        var stored = await StoredAsync(rig);
        List<double> questions = [], answers = [];
        foreach (var page in pages)
        {
            var drawn = await page.EvaluateAsync<Dictionary<string, double>>("window.drawn");
            foreach (var (key, at) in drawn.Where(one => !before.Contains(one.Key) && stored.ContainsKey(one.Key)))
            {
                (stored[key].IsAnswer ? answers : questions).Add(at - stored[key].At);
            }
        }

        var expected = Rate * Seconds * 2 * Viewers / Customers;
        if (questions.Count + answers.Count < expected)
        {
            throw new BrokenPromiseException(string.Create(CultureInfo.InvariantCulture, $"{questions.Count + answers.Count} of {expected} messages came to the screen"));
        }

        var figures = new Figures(Viewers, Rate, Times.Of(questions), Times.Of(answers));
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Viewers} viewers, {Rate:F0}/s: questions p50 {figures.Questions.P50:F0} p95 {figures.Questions.P95:F0} p99 {figures.Questions.P99:F0} ms; answers p50 {figures.Answers.P50:F0} p95 {figures.Answers.P95:F0} p99 {figures.Answers.P99:F0} ms"));
        return figures;
    }

    private static async Task DemandAsync(Rig rig, object load)
    {
        var book = await rig.ReadLoadAsync(await rig.BeginLoadAsync(load), TimeSpan.FromMinutes(5));
        book.Demand();
    }

    private static async Task<string> SignInAsync(IBrowser browser, Rig rig)
    {
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(rig.SetupLink());
        await page.GetByLabel("Your name").FillAsync("Ana Duarte");
        await page.GetByLabel("E-mail").FillAsync("ana@example.com");
        await page.GetByLabel("Password").FillAsync("seven green kettles sing");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return await context.StorageStateAsync();
    }

    /// <summary>Each message by the key that the page has for it: its time in the store in milliseconds of the epoch, and whether it is the AI's.</summary>
    private static async Task<Dictionary<string, (double At, bool IsAnswer)>> StoredAsync(Rig rig)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(rig.DataFolder, "aibotkit.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT Seq, CreatedAt, Role FROM messages";
        await using var reader = await command.ExecuteReaderAsync();
        var stored = new Dictionary<string, (double, bool)>();
        while (await reader.ReadAsync())
        {
            var at = (reader.GetInt64(1) - DateTimeOffset.UnixEpoch.UtcTicks) / (double)TimeSpan.TicksPerMillisecond;
            stored["m" + reader.GetInt64(0).ToString(CultureInfo.InvariantCulture)] = (at, reader.GetInt64(2) == (int)Durability.MessageRole.Assistant);
        }

        return stored;
    }
}
