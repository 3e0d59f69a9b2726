using Microsoft.Playwright;

namespace AiBotKit.Tests.Browser;

/// <summary>Pictures of a moment for people to look at, when <c>AIBOTKIT_SCREENSHOTS</c> names a folder.</summary>
internal static class Pictures
{
    /// <summary>Both themes and both sizes in two views; each theme in each size in a long run.</summary>
    public static IReadOnlyList<(int Width, ColorScheme Scheme)> Views { get; } = LongRun.Enabled
        ? [(1440, ColorScheme.Light), (390, ColorScheme.Light), (1440, ColorScheme.Dark), (390, ColorScheme.Dark)]
        : [(1440, ColorScheme.Light), (390, ColorScheme.Dark)];

    /// <param name="whole">The page to its end, not only what the window shows.</param>
    public static async Task KeepAsync(IPage page, string name, bool whole = false)
    {
        if (Environment.GetEnvironmentVariable("AIBOTKIT_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.EvaluateAsync("document.fonts.ready");
            await page.ScreenshotAsync(new() { FullPage = whole, Path = Path.Combine(Directory.CreateDirectory(folder).FullName, name + ".png") });
        }
    }

    /// <summary>The moment in each of <see cref="Views"/>; afterwards the page is wide and light again.</summary>
    public static async Task KeepViewsAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("AIBOTKIT_SCREENSHOTS") is not { Length: > 0 })
        {
            return;
        }

        foreach (var (width, scheme) in Views)
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.SetViewportSizeAsync(width, width == 390 ? 844 : 900);
            // What moves to its new place takes a moment.
            await page.WaitForTimeoutAsync(300);
            await KeepAsync(page, $"{name}-{width}-{scheme}".ToLowerInvariant());
        }

        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.SetViewportSizeAsync(1440, 900);
    }
}
