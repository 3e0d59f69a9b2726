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
}
