using System.Diagnostics;
using System.Text;
using AiBotKit.Dashboard.Inbox;
using CsCheck;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Dashboard;

public sealed class WhatsAppTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("*bold* word", "<b>bold</b> word")]
    [InlineData("_it_ ~no~ `x*y*`", "<i>it</i> <s>no</s> <c>x*y*</c>")]
    [InlineData("*bold _both_*", "<b>bold </b><bi>both</bi>")]
    [InlineData("snake_case_name and 2*3*4", "snake_case_name and 2*3*4")]
    [InlineData("so * not bold* nor *this *", "so * not bold* nor *this *")]
    [InlineData("*a\nb*", "*a\nb*")]
    [InlineData("**", "**")]
    [InlineData("**double**", "*<b>double</b>*")]
    [InlineData("(*in brackets*)", "(<b>in brackets</b>)")]
    [InlineData("see https://a.example/x_y_z?q=1.", "see [https://a.example/x_y_z?q=1]https://a.example/x_y_z?q=1.")]
    [InlineData("*https://a.example/*", "<b>[https://a.example/]https://a.example/</b>")]
    [InlineData("(https://a.example/b)", "([https://a.example/b]https://a.example/b)")]
    [InlineData("write to ana@shop.example now", "write to [mailto:ana@shop.example]ana@shop.example now")]
    [InlineData("tel:+15550100200", "[tel:+15550100200]tel:+15550100200")]
    [InlineData("javascript:alert(1) data:text/html,x", "javascript:alert(1) data:text/html,x")]
    [InlineData("JAVASCRIPT://https.example", "JAVASCRIPT://https.example")]
    [InlineData("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>")]
    public void Marks_and_links_are_read_as_WhatsApp_reads_them(string text, string expected)
    {
        Show(WhatsAppText.Parse(text)).ShouldBe(expected);
    }

    [Fact]
    public void Lists_quotes_and_fixed_width_blocks_are_blocks_of_their_own()
    {
        var blocks = WhatsAppText.Parse("One:\n- first\n* second\n> said before\n```let x = *1*;\ny```after");
        blocks.Select(block => block switch { MonoBlock => "mono", ParagraphBlock p => p.Kind.ToString(), _ => "?" })
            .ShouldBe(["Plain", "Bullet", "Bullet", "Quote", "mono", "Plain"]);
        blocks.OfType<MonoBlock>().Single().Text.ShouldBe("let x = *1*;\ny");
    }

    [Fact]
    public void Citation_numbers_stand_where_they_belong_and_never_get_lost()
    {
        Show(WhatsAppText.Parse("*Fine* grind. More.", [new(6, 1), new(13, 2), new(99, 3)])).ShouldBe("<b>Fine</b>{1} grind.{2} More.{3}");
        Show(WhatsAppText.Parse("", [new(0, 1)])).ShouldBe("{1}");
        Show(WhatsAppText.Parse("```x```", [new(3, 1)])).ShouldBe("```x```\n{1}");
    }

    [Fact]
    public void No_letter_is_lost_or_invented_whatever_the_text()
    {
        string[] pieces = ["*", "_", "~", "`", "```", "\n", " ", "a", "b1", "https://x.example/_a_", "ana@b.example", "> ", "- ", ".", "😅", "ليلى"];
        Gen.Int[0, pieces.Length - 1].Array[0, 40].Select(picks => string.Concat(picks.Select(i => pieces[i]))).Sample(
            text =>
            {
                var letters = new StringBuilder();
                foreach (var block in WhatsAppText.Parse(text))
                {
                    letters.Append(block is MonoBlock mono ? mono.Text : string.Concat(((ParagraphBlock)block).Runs.Select(run => run.Text)));
                }

                Letters(letters.ToString()).ShouldBe(Letters(text));
            },
            iter: LongRun.Count(20_000, 1_000_000));
    }

    [Theory]
    [InlineData("*a ")]
    [InlineData("_")]
    [InlineData("`a")]
    [InlineData("a@")]
    [InlineData("https://")]
    [InlineData("```")]
    [InlineData("*_~a")]
    public void Reading_is_linear_even_for_text_made_to_be_slow(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 65_536 / piece.Length));
        var start = Stopwatch.GetTimestamp();
        WhatsAppText.Parse(text);
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    private static string Letters(string text) => new([.. text.Where(char.IsLetterOrDigit)]);

    private static string Show(IReadOnlyList<TextBlock> blocks) => string.Join("\n", blocks.Select(block => block switch
    {
        MonoBlock mono => $"```{mono.Text}```",
        ParagraphBlock line => string.Concat(line.Runs.Select(Show)),
        _ => "",
    }));

    private static string Show(TextRun run)
    {
        if (run.Citation is { } number)
        {
            return $"{{{number}}}";
        }

        var tag = new string([.. "bisc".Where((_, i) => run.Style.HasFlag((RunStyle)(1 << i)))]);
        var text = run.Href is null ? run.Text : $"[{run.Href}]{run.Text}";
        return tag.Length == 0 ? text : $"<{tag}>{text}</{tag}>";
    }
}
