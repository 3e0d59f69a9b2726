using System.Globalization;
using System.Text.RegularExpressions;
using AiBotKit.Dashboard.Theme;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Dashboard;

public sealed partial class LookPaletteTests
{
    [Fact]
    public void The_palette_of_MudBlazor_and_the_style_sheet_hold_the_same_pairs()
    {
        var css = File.ReadAllText(Path.Combine(Repository.Root, "src/AiBotKit/wwwroot/css/tokens.css"));
        var tokens = Token().Matches(css).ToDictionary(m => m.Groups["name"].Value, m => new Tone(m.Groups["light"].Value, m.Groups["dark"].Value));
        tokens.Count.ShouldBeGreaterThan(25);
        foreach (var (name, tone) in LookPalette.Tones)
        {
            tokens.ShouldContainKey(name);
            tokens[name].ShouldBe(tone, $"--{name} differs between tokens.css and LookPalette");
        }

        tokens.Keys.Except(LookPalette.Tones.Keys).ShouldBeEmpty("a colour of tokens.css is missing in LookPalette");
    }

    [Theory]
    [InlineData("ink", "page", 4.5)]
    [InlineData("ink-2", "surface", 4.5)]
    [InlineData("ink-3", "page", 4.5)]
    [InlineData("ink-3", "surface", 4.5)]
    [InlineData("ink-3", "sunken", 4.5)]
    [InlineData("ai-strong", "ai-tint", 4.5)]
    [InlineData("person-strong", "person-tint", 4.5)]
    [InlineData("wait-strong", "wait-tint", 4.5)]
    [InlineData("fail-strong", "fail-tint", 4.5)]
    [InlineData("on-ai", "ai", 4.5)]
    [InlineData("on-person", "person", 4.5)]
    [InlineData("line-control", "surface", 3)]
    [InlineData("focus", "page", 3)]
    public void Text_and_controls_keep_their_contrast_in_both_themes(string front, string back, double least)
    {
        var (over, under) = (LookPalette.Tones[front], LookPalette.Tones[back]);
        Contrast(over.Light, under.Light).ShouldBeGreaterThanOrEqualTo(least);
        Contrast(over.Dark, under.Dark).ShouldBeGreaterThanOrEqualTo(least);
    }

    private static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    /// <summary>Relative luminance as WCAG 2.2 defines it.</summary>
    private static double Luminance(string hex)
    {
        double Channel(int at)
        {
            var value = int.Parse(hex.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Channel(1)) + (0.7152 * Channel(3)) + (0.0722 * Channel(5));
    }

    [GeneratedRegex(@"--(?<name>[a-z0-9-]+): light-dark\((?<light>#[0-9a-f]{6}), (?<dark>#[0-9a-f]{6})\);")]
    private static partial Regex Token();
}
