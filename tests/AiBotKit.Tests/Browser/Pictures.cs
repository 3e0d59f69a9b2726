using Microsoft.Playwright;

namespace AiBotKit.Tests.Browser;

/// <summary>Pictures of a moment for people to look at, when <c>AIBOTKIT_SCREENSHOTS</c> names a folder.</summary>
internal static class Pictures
{
    public static async Task KeepAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("AIBOTKIT_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(Directory.CreateDirectory(folder).FullName, name + ".png") });
        }
    }
}
