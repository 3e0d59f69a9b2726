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

    // Every code point of every plane, and every half of a pair.
    private static readonly Gen<string> Everything = Gen.OneOf(
        Gen.Int[0, 0xFFFF].Select(i => ((char)i).ToString()), Gen.Int[0xD800, 0xDFFF].Select(i => ((char)i).ToString()), Gen.Int[0x10000, 0x10FFFF].Select(char.ConvertFromUtf32));

    private static readonly Gen<string> Mixed = Gen.OneOf(Gen.Int[0, Atoms.Length - 1].Select(i => Atoms[i]), Gen.Int[0, Atoms.Length - 1].Select(i => Atoms[i]), Gen.String[0, 6], Everything).Array[0, 24].Select(string.Concat);

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

    [Fact]
    public void Parts_hold_everything_in_order_and_part_no_character()
    {
        string[] characters = [.. "abc ABC.!?\n。।".Select(c => c.ToString()), "é", "e\u0301", " \u0301", ".\u0301", "。\u0301", "😀", "👩🏽‍💻", "🇵🇪", "🇵🇹", "क्षि", "ที่", "한", "\u1112\u1161\u11AB", "❤\uFE0F", "✋🏿"];
        var texts = Gen.Int[0, characters.Length - 1].Select(i => characters[i]).Array[0, 400].Select(string.Concat);
        var count = LongRun.Count(20_000, 1_000_000);
        output.WriteLine($"{count} texts; CsCheck prints the seed of a failure");
        texts.Sample(
            text =>
            {
                var parts = WhatsAppText.Split(text, 64);
                static string Dense(string spaced) => string.Concat(spaced.Where(c => !char.IsWhiteSpace(c)));
                Dense(string.Concat(parts)).ShouldBe(Dense(text));
                static IEnumerable<string> Seen(string one)
                {
                    for (var elements = System.Globalization.StringInfo.GetTextElementEnumerator(one); elements.MoveNext();)
                    {
                        yield return (string)elements.Current;
                    }
                }

                // The same characters as a person sees them, whether seen in the whole or in the parts; trimming takes only spaces that stand alone.
                static List<string> Characters(IEnumerable<string> those) => [.. those.SelectMany(Seen).Where(element => !string.IsNullOrWhiteSpace(element))];
                Characters(parts).ShouldBe(Characters([text.Trim()]));
            },
            iter: count);
    }

    public static TheoryData<string> Wrappers() =>
    [
        "{0}", "<b>{0}</b>", "<p>{0}</p>", "<div><span style=\"color:red\">{0}</span></div>", "<h1>{0}</h1>", "<ul><li>{0}</li></ul>", "<blockquote>{0}</blockquote>", "<table><tr><td>{0}</td></tr></table>",
        "<script>alert(1)</script>{0}", "<style>p{{}}</style>{0}", "<img src=x onerror=alert(1)>{0}", "<iframe src=https://e.example></iframe>{0}", "<svg onload=alert(1)></svg>{0}", "<a href=\"javascript:x\">{0}</a>",
        "**{0}**", "# {0}", "- {0}", "1. {0}", "> {0}", "[[tool:order id=7]]{0}", "{0}[[1]]", "{0} [[1, 2]] [[cite:3]]", "&#91;[tool:x]]{0}", "\u202E{0}\u202C", "\0{0}\u0007", "\uD83D{0}\uDE00", "<!-- hidden -->{0}",
    ];

    [Theory]
    [MemberData(nameof(Wrappers))]
    public void Whatever_a_text_is_wrapped_in_its_words_come_out_and_nothing_active(string wrapper)
    {
        // 27 wrappings of 19 texts: the corpus of 513 cases (F24).
        string[] texts =
        [
            "We open at nine", "Abrimos a las nueve", "नौ बजे खुलता है", "نفتح في التاسعة", "我们九点开门", "9時に開きます", "เปิดเก้าโมง", "Wir öffnen um neun", "Ouvert à neuf heures", "Открыто с девяти", "e\u0301te\u0301",
            "😀 hello 👩🏽‍💻", "Tom & Jerry", "a < b and c > d", "price 5 € or 6 $", "snake_case stays", "https://shop.example/a_b?c=d&e=f", "mail bob@shop.example", string.Join(' ', Enumerable.Range(0, 1200).Select(i => $"word{i}")),
        ];
        foreach (var text in texts)
        {
            var rendered = WhatsAppText.Render(string.Format(System.Globalization.CultureInfo.InvariantCulture, wrapper, text));
            CheckSafe(rendered);
            Regex.IsMatch(rendered, @"</?(b|p|div|span|h1|ul|li|blockquote|table|td|tr|script|style|img|iframe|svg|a)\b|<!--|alert|javascript|onerror|hidden|tool", RegexOptions.IgnoreCase).ShouldBeFalse(rendered);
            var at = 0;
            foreach (var word in text.Split(' '))
            {
                at = rendered.IndexOf(word, at, StringComparison.Ordinal);
                at.ShouldBeGreaterThanOrEqualTo(0, $"'{word}' of '{text}' is missing or out of order in '{rendered}'");
            }

            string.Join(' ', WhatsAppText.Split(rendered)).Split(' ').Length.ShouldBeGreaterThanOrEqualTo(text.Split(' ').Length);
            WhatsAppText.Split(rendered).ShouldAllBe(part => part.Length <= WhatsAppText.Limit);
        }
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

            // Tags are not looked for here: in code they are the words. The corpus below looks for them.
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
