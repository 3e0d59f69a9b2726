using Microsoft.Playwright;

namespace AiBotKit.Tests.Browser;

/// <summary>Pictures of a moment for people to look at, when <c>AIBOTKIT_SCREENSHOTS</c> names a folder.</summary>
internal static class Pictures
{
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
