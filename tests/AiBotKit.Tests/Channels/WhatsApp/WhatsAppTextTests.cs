using System.Text.Json;
using System.Text.RegularExpressions;
using AiBotKit.Channels.WhatsApp;
using CsCheck;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

public sealed class WhatsAppTextRenderTests(ITestOutputHelper output)
{
    private static readonly string[] Atoms =
    [
        "**", "*", "_", "__", "~~", "`", "```\n", "\n", "\n\n", "# ", "- ", "1. ", "> ", "| a | b |\n|---|---|\n| 1 | 2 |\n", "[t](https://e.example/a_b)", "![i](https://e.example/x)", "[[tool:x y]]",
        "[[1]]", "[[2, 3]]", "[[cite:4]]", "[[", "]]", "[", "]", "(", ")", "<b>", "</b>", "<i>", "</i>", "<p>", "</p>", "<br>", "<ul><li>", "</li></ul>", "<script>", "</script>", "<style>", "<a href=\"javascript:x\">",
        "</a>", "<img src=x onerror=y>", "&amp;", "&lt;b&gt;", "&#91;[tool:z]]", "&#0;", "\0", "\u202E", "\u2066", "\uD83D", "\uDE00", "😀", "👩🏽‍💻", "مرحبا", "नमस्ते", "word", "snake_case", "2 * 3", "a < b", " ", "    ", "\t", "\r\n", "---\n", "</", "<!--", "-->",
    ];

    private static readonly Gen<string> Mixed = Gen.OneOf(Gen.Int[0, Atoms.Length - 1].Select(i => Atoms[i]), Gen.Int[0, Atoms.Length - 1].Select(i => Atoms[i]), Gen.String[0, 6]).Array[0, 24].Select(string.Concat);

    public static TheoryData<string, string> Cases()
    {
        using var document = JsonDocument.Parse(WireFixtures.Bytes("format-markdown-to-whatsapp.json"));
        var data = new TheoryData<string, string>();
        foreach (var item in document.RootElement.EnumerateArray())
        {
            data.Add(item.GetProperty("in").GetString()!, item.GetProperty("out").GetString()!);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_listed_case_renders_as_listed(string markdown, string expected) => WhatsAppText.Render(markdown).ShouldBe(expected);

    [Theory]
    [InlineData("We open at 9 [[1]]. Closed on Sunday[[2]] [[1, 3]].", "We open at 9. Closed on Sunday.")]
    [InlineData("[[tool:a]][[1]]", "")]
    [InlineData("&#91;[tool:x]]Hi", "Hi")]
    [InlineData("&amp;lt;", "&lt;")]
    [InlineData("[x](javascript:alert(1))", "x")]
    [InlineData("<img src=x onerror=alert(1)>", "")]
    [InlineData("[https://e.example](https://e.example)", "https://e.example")]
    [InlineData("line one\nline two", "line one\nline two")]
    [InlineData("1. a\n   - b\n   - c\n2. d", "1. a\n  - b\n  - c\n2. d")]
    [InlineData("## **Twice** bold", "*Twice bold*")]
    [InlineData("un**believ**able", "unbelievable")]
    [InlineData("a\n\n\n\nb", "a\n\nb")]
    [InlineData("```\n<b>x</b>\n```", "```\n<b>x</b>\n```")]
    [InlineData("<style>p{}</style><p>x</p><template>y</template>", "x")]
    public void Further_cases(string markdown, string expected) => WhatsAppText.Render(markdown).ShouldBe(expected);

    [Fact]
    public void Stripping_is_idempotent_and_leaves_what_was_rendered_alone()
    {
        // Rendering twice cannot be the identity: "**b**" must become "*b*" and "*b*" must become "_b_". What is proven is that
        // the safety step changes nothing more, on any string and on every rendered one.
        var count = LongRun.Count(100_000, 1_000_000);
        output.WriteLine($"{count} strings; CsCheck prints the seed of a failure");
        Mixed.Sample(
            source =>
            {
                var stripped = WhatsAppText.Strip(source);
                CheckSafe(stripped);
                WhatsAppText.Strip(stripped).ShouldBe(stripped);
            },
            iter: count);
        Mixed.Sample(
            source =>
            {
                var rendered = WhatsAppText.Render(source);
                CheckSafe(rendered);
                WhatsAppText.Strip(rendered).ShouldBe(rendered);
                rendered.ShouldNotContain("\n\n\n");
                foreach (var part in WhatsAppText.Split(rendered, 64))
                {
                    part.Length.ShouldBeLessThanOrEqualTo(64);
                    part.ShouldNotBeNullOrWhiteSpace();
                    CheckSafe(part);
                }
            },
            iter: count);
    }

    [Theory]
    [InlineData(">")]
    [InlineData("[")]
    [InlineData("<b>")]
    [InlineData("*a ")]
    [InlineData("- ")]
    [InlineData("[[1")]
    public void Absurd_nesting_neither_throws_nor_stalls(string part)
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        WhatsAppText.Render(string.Concat(Enumerable.Repeat(part, 1_000_000 / part.Length))).ShouldNotBeNull();
        System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds.ShouldBeLessThan(30);
    }

    private static void CheckSafe(string text)
    {
        Regex.IsMatch(text, @"\[\[\s*(tool:[^\[\]]*|cite:[^\[\]]*|[0-9]{1,4}\s*)\]\]", RegexOptions.IgnoreCase).ShouldBeFalse(text);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
                continue;
            }

            (char.IsSurrogate(text[i]) || (char.IsControl(text[i]) && text[i] != '\n') || WireText.IsBidiControl(text[i])).ShouldBeFalse($"U+{(int)text[i]:X4}");
        }
    }
}

public sealed class WhatsAppTextSplitTests
{
    [Fact]
    public void What_fits_stays_one_bubble()
    {
        WhatsAppText.Split(new string('a', 4096)).ShouldHaveSingleItem();
        WhatsAppText.Split("").ShouldBeEmpty();
        WhatsAppText.Split(new string('a', 4097)).Select(part => part.Length).Sum().ShouldBe(4097);
    }

    [Fact]
    public void Cuts_fall_on_paragraphs_then_sentences_then_words()
    {
        var paragraph = string.Concat(Enumerable.Repeat("One two three. ", 6)).Trim();
        WhatsAppText.Split($"{paragraph}\n\n{paragraph}", 120).ShouldBe([paragraph, paragraph]);
        WhatsAppText.Split($"{paragraph} {paragraph}", 120).ShouldAllBe(part => part.EndsWith('.') && part.Length <= 120);
        WhatsAppText.Split(string.Join(' ', Enumerable.Repeat("word", 60)), 100).ShouldAllBe(part => part.EndsWith("word", StringComparison.Ordinal) && part.StartsWith("word", StringComparison.Ordinal));
    }

    [Fact]
    public void A_grapheme_is_not_torn()
    {
        const string Family = "👩🏽‍💻";
        var parts = WhatsAppText.Split(string.Concat(Enumerable.Repeat(Family, 60)), 100);
        parts.ShouldAllBe(part => part.Length % Family.Length == 0 && part.StartsWith(Family, StringComparison.Ordinal));
        string.Concat(parts).ShouldBe(string.Concat(Enumerable.Repeat(Family, 60)));
    }

    [Fact]
    public void An_open_code_block_is_closed_and_opened_again()
    {
        var code = string.Join('\n', Enumerable.Range(0, 40).Select(i => $"line {i}"));
        var parts = WhatsAppText.Split($"Look:\n```\n{code}\n```\nDone.", 120);
        parts.Count.ShouldBeGreaterThan(2);
        parts.ShouldAllBe(part => part.Length <= 120 && Regex.Count(part, "```") % 2 == 0);
        for (var i = 0; i < 40; i++)
        {
            parts.Count(part => part.Split('\n').Contains($"line {i}")).ShouldBe(1);
        }
    }
}
