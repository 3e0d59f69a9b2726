namespace AiBotKit.Tests.Browser;

/// <summary>Texts that would run, fetch or mislead if any page took them for markup (a part of S-X2; used as name, text, file name, author and reason).</summary>
internal static class HostileTexts
{
    public static IReadOnlyList<string> All { get; } =
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<img src=\"http://127.0.0.1:9/beacon.png\">",
        "\"><svg onload=alert(1)>",
        "'-alert(1)-'",
        "<iframe src=\"javascript:alert(1)\"></iframe>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "javascript:alert(document.domain)",
        "data:text/html,<script>alert(1)</script>",
        "[click](javascript:alert(1))",
        "![x](http://127.0.0.1:9/md.png)",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<template><img src=x onerror=alert(1)></template>",
        "<base href=\"http://127.0.0.1:9/\">",
        "<meta http-equiv=refresh content=\"0;url=http://127.0.0.1:9/\">",
        "<link rel=stylesheet href=http://127.0.0.1:9/x.css>",
        "<style>@import 'http://127.0.0.1:9/y.css';</style>",
        "<form action=http://127.0.0.1:9/><button autofocus onfocus=alert(1)>",
        "<details open ontoggle=alert(1)>",
        "<video><source onerror=alert(1)></video>",
        "<object data=\"data:text/html,<script>alert(1)</script>\"></object>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;img src=x onerror=alert(1)&#62;",
        "{{constructor.constructor('alert(1)')()}}",
        "@(Html.Raw(\"<script>alert(1)</script>\"))",
        "\u202Egnp.exe\u202C",
        "\u2066<img src=x onerror=alert(1)>\u2069",
        "*<img src=x onerror=alert(1)>* _<script>alert(1)</script>_ ~</p><script>alert(1)</script>~",
        "```</pre><script>alert(1)</script>```",
        "https://x.example/\"onmouseover=\"alert(1)",
        "mailto:a@b.example?subject=<script>alert(1)</script>",
        "tel:+1555\"onclick=alert(1)",
        "http://[::1]:9/%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "\0<scr\0ipt>alert(1)</scr\0ipt>",
        "</title><script>alert(1)</script>",
        "</textarea><img src=x onerror=alert(1)>",
        "--><script>alert(1)</script><!--",
        "]]><script>alert(1)</script>",
    ];
}
