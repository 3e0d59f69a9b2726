using Microsoft.Playwright;

namespace AiBotKit.Tests.Browser;

/// <summary>Watches one browser: dialogs, requests to strangers, refusals by the content policy, script errors, and elements that no page of ours makes.</summary>
internal sealed class XssWatch(Uri own)
{
    private const string Listen = "window.refused = []; document.addEventListener('securitypolicyviolation', e => window.refused.push(e.violatedDirective + ' ' + e.blockedURI));";

    private const string Alien =
        """
        () => {
          const tags = new Set(['iframe', 'frame', 'frameset', 'object', 'embed', 'applet', 'base', 'template', 'math', 'portal', 'fencedframe', 'xss', 'marquee', 'foreignobject', 'animate', 'set', 'noembed', 'plaintext', 'xmp', 'track', 'picture', 'slot', 'blazor-ssr', 'component', 'style', 'script', 'image']);
          const addresses = ['href', 'src', 'action', 'formaction', 'data', 'xlink:href', 'poster', 'srcset', 'background', 'ping'];
          // The theme's own sheets stand beside each other at the root of the page.
          const theme = document.querySelector('style.mud-theme-provider')?.parentElement;
          const found = [];
          for (const e of document.body.querySelectorAll('*')) {
            const own = e.localName === 'script' && e.getAttribute('src') && new URL(e.src).origin === location.origin;
            const themed = e.localName === 'style' && e.parentElement === theme && !e.closest('main, section, aside, dialog');
            if (tags.has(e.localName) && !own && !themed) found.push(e.outerHTML.slice(0, 160));
            for (const a of e.attributes) {
              const value = a.value.replace(/[\u0000-\u0020]/g, '').toLowerCase();
              if (a.name.startsWith('on') || a.name === 'srcdoc' || (addresses.includes(a.name) && /^(javascript|vbscript|data|blob|file|view-source|intent):/.test(value))) found.push(a.name + '=' + a.value.slice(0, 160));
            }
          }
          return found;
        }
        """;

    private readonly List<Task> _under = [];

    public List<string> Problems { get; } = [];

    public async Task<IPage> OpenAsync(IBrowserContext context, string path)
    {
        var page = await context.NewPageAsync();
        await page.AddInitScriptAsync(Listen);
        page.Dialog += (_, dialog) =>
        {
            Problems.Add("dialog: " + dialog.Message);
            _under.Add(dialog.DismissAsync());
        };
        page.PageError += (_, error) => Problems.Add("script error: " + error);
        page.Console += (_, message) =>
        {
            // A font that was not needed within some seconds on a slow machine says nothing about markup.
            if (message.Type is "error" or "warning" && !message.Text.Contains("was preloaded using link preload", StringComparison.Ordinal))
            {
                Problems.Add($"console: {message.Text}");
            }
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(own.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                Problems.Add("request: " + request.Url);
            }
        };
        page.FrameNavigated += (_, frame) =>
        {
            if (!frame.Url.StartsWith(own.ToString(), StringComparison.Ordinal) && frame.Url != "about:blank")
            {
                Problems.Add("navigation: " + frame.Url);
            }
        };
        page.Popup += (_, popup) => Problems.Add("popup: " + popup.Url);
        await page.GotoAsync(new Uri(own, path).ToString());
        return page;
    }

    /// <summary>Looks at what the page has become.</summary>
    public async Task LookAsync(IPage page, string where)
    {
        Problems.AddRange((await page.EvaluateAsync<string[]>("() => window.refused")).Select(one => $"{where}, refused: {one}"));
        Problems.AddRange((await page.EvaluateAsync<string[]>(Alien)).Select(one => $"{where}, element: {one}"));
        await Task.WhenAll(_under);
    }
}
