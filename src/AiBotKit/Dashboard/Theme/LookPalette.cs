using MudBlazor;

namespace AiBotKit.Dashboard.Theme;

/// <summary>One colour role in both themes, as <c>#rrggbb</c>.</summary>
internal sealed record Tone(string Light, string Dark);

/// <summary>
/// The colours of the dashboard: the same pairs as <c>wwwroot/css/tokens.css</c>, for MudBlazor. Three owners, three colours:
/// AI is green, a person is indigo, waiting is amber; red means failure and nothing else.
/// </summary>
internal static class LookPalette
{
    /// <summary>By the token's name in the style sheet, without the dashes.</summary>
    public static IReadOnlyDictionary<string, Tone> Tones { get; } = new Dictionary<string, Tone>
    {
        ["page"] = new("#f5f7f5", "#0c110f"),
        ["surface"] = new("#ffffff", "#131917"),
        ["sunken"] = new("#eff3f0", "#1a221f"),
        ["hover"] = new("#e9eeeb", "#202a26"),
        ["line"] = new("#e1e7e3", "#26302c"),
        ["line-control"] = new("#7d8a83", "#6c7b74"),
        ["ink"] = new("#14211b", "#e9f0ec"),
        ["ink-2"] = new("#45534c", "#b6c2bc"),
        ["ink-3"] = new("#5a6861", "#93a29b"),
        ["ai"] = new("#007d52", "#46c794"),
        ["ai-strong"] = new("#006643", "#6ddcb0"),
        ["ai-tint"] = new("#e2f3eb", "#113127"),
        ["ai-line"] = new("#b4dcca", "#1f5340"),
        ["on-ai"] = new("#ffffff", "#05251a"),
        ["person"] = new("#4b4fc6", "#a6abff"),
        ["person-strong"] = new("#3b3fa6", "#bfc2ff"),
        ["person-tint"] = new("#ececfc", "#23264b"),
        ["person-line"] = new("#c9caf3", "#3b3f78"),
        ["on-person"] = new("#ffffff", "#14163a"),
        ["wait"] = new("#b36b00", "#e2a63f"),
        ["wait-strong"] = new("#7a4a00", "#f2c468"),
        ["wait-tint"] = new("#fff2d6", "#38290f"),
        ["wait-line"] = new("#f0d49b", "#604817"),
        ["fail"] = new("#c62f27", "#f2685f"),
        ["fail-strong"] = new("#a1221b", "#ffa39b"),
        ["fail-tint"] = new("#fdecea", "#3d1c1a"),
        ["fail-line"] = new("#f3c4bf", "#6d302c"),
        ["focus"] = new("#0b57d0", "#9cc2ff"),
        ["rail"] = new("#0e2a20", "#09140f"),
        ["rail-active"] = new("#1d4435", "#173328"),
    };

    /// <summary>What <c>MudThemeProvider</c> gets.</summary>
    public static MudTheme Theme { get; } = Build();

    private static MudTheme Build()
    {
        var theme = new MudTheme { PaletteLight = new PaletteLight(), PaletteDark = new PaletteDark() };
        Fill(theme.PaletteLight, tone => tone.Light);
        Fill(theme.PaletteDark, tone => tone.Dark);
        theme.LayoutProperties.DefaultBorderRadius = "8px";
        string[] family = ["Manrope", "Inter", "system-ui", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"];
        theme.Typography.Default.FontFamily = family;
        theme.Typography.Default.FontSize = "14px";
        theme.Typography.Default.LineHeight = "20px";
        theme.Typography.Default.FontWeight = "500";
        theme.Typography.Default.LetterSpacing = "normal";
        theme.Typography.Button.FontFamily = family;
        theme.Typography.Button.FontSize = "14px";
        theme.Typography.Button.FontWeight = "600";
        theme.Typography.Button.TextTransform = "none";
        theme.Typography.Button.LetterSpacing = "normal";
        return theme;
    }

    private static void Fill(Palette palette, Func<Tone, string> pick)
    {
        string Of(string token) => pick(Tones[token]);
        palette.Primary = Of("ai");
        palette.PrimaryContrastText = Of("on-ai");
        palette.Secondary = Of("person");
        palette.SecondaryContrastText = Of("on-person");
        palette.Warning = Of("wait");
        palette.Error = Of("fail");
        palette.Success = Of("ai");
        palette.Background = Of("page");
        palette.BackgroundGray = Of("sunken");
        palette.Surface = Of("surface");
        palette.TextPrimary = Of("ink");
        palette.TextSecondary = Of("ink-2");
        palette.TextDisabled = Of("ink-3");
        palette.ActionDefault = Of("ink-2");
        palette.LinesDefault = Of("line");
        palette.LinesInputs = Of("line-control");
        palette.TableLines = Of("line");
        palette.TableHover = Of("sunken");
        palette.Divider = Of("line");
        palette.AppbarBackground = Of("rail");
        palette.DrawerBackground = Of("rail");
        palette.HoverOpacity = 0.06;
        palette.RippleOpacity = 0;
    }
}
