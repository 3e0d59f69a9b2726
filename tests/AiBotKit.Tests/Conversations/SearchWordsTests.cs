using AiBotKit.Conversations;
using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>What is typed into the search: words, never a language.</summary>
public sealed class SearchWordsTests
{
    private static readonly Guid Account = Guid.Parse("0192f000-0000-7000-8000-000000000001");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\"")]
    [InlineData("* - + ( ) : ^ \" '")]
    [InlineData("😅🎉")]
    [InlineData("\0\0")]
    public void Without_a_letter_or_a_digit_there_is_nothing_to_look_for(string? typed) => SearchWords.Parse(typed).ShouldBeNull();

    [Theory]
    [InlineData("moka", "\"moka\" *")]
    [InlineData("moka pot", "\"moka\" AND \"pot\" *")]
    [InlineData("a OR b", "\"a\" AND \"OR\" AND \"b\" *")]
    [InlineData("Scope:x* NEAR(a", "\"Scope:x*\" AND \"NEAR(a\" *")]
    [InlineData("say \"hi\"\" there", "\"say\" AND \"\"\"hi\"\"\"\"\" AND \"there\" *")]
    [InlineData("a\0b", "\"a\" AND \"b\" *")]
    public void Every_word_becomes_a_quoted_string(string typed, string query) =>
        SearchWords.Parse(typed)!.Messages(Account).ShouldBe($"Scope : \"a0192f000000070008000000000000001\" AND Text : ({query})");

    [Fact]
    public void Length_and_words_have_a_limit()
    {
        SearchWords.Parse(new string('x', 5000))!.Messages(Account).Length.ShouldBeLessThan(250);
        SearchWords.Parse(string.Join(' ', Enumerable.Repeat("a", 50)))!.Messages(Account).Split(" AND ").Length.ShouldBe(1 + 8);
    }

    [Theory]
    [InlineData("+49 (155) 500-10", "\"4915550010\"")]
    [InlineData("2231", "\"2231\"")]
    public void A_typed_number_is_one_however_it_is_grouped(string typed, string digits) => SearchWords.Parse(typed)!.Contacts(Account).ShouldContain($"OR Number : ({digits} *)");

    [Fact]
    public void Other_words_are_no_number() => SearchWords.Parse("room 12")!.Contacts(Account).ShouldNotContain("OR Number");

    [Theory]
    [InlineData("cafe", "Ich trinke Café und CAFÉ, keine Cafeteria", "Ich trinke [Café] und [CAFÉ], keine [Cafeteria]")]
    [InlineData("cafe ", "Café und Cafeteria", "[Café] und [Cafeteria]")]
    [InlineData("the po", "The other pot, the port", "[The] other [pot], [the] [port]")]
    [InlineData("<b>x", "a <b>x</b> c", "a <[b]>[x]</[b]> c")]
    [InlineData("nothing", "is here", "is here")]
    [InlineData("نزوعة", "قهوة منزوعة الكافيين", "قهوة منزوعة الكافيين")]
    [InlineData("منزوعة", "قهوة منزوعة الكافيين", "قهوة [منزوعة] الكافيين")]
    public void What_was_looked_for_is_marked_without_regard_to_case_and_accents(string typed, string text, string marked) =>
        Marked(SearchWords.Parse(typed)!.Snippet(text, 200)).ShouldBe(marked);

    [Fact]
    public void A_long_text_is_cut_around_the_first_hit()
    {
        var text = string.Join(' ', Enumerable.Repeat("filler", 50)) + " needle " + string.Join(' ', Enumerable.Repeat("straw", 50));
        var parts = SearchWords.Parse("needle")!.Snippet(text, 80);
        var snippet = string.Concat(parts.Select(part => part.Text));
        snippet.ShouldStartWith("…");
        snippet.ShouldEndWith("…");
        snippet.Length.ShouldBeLessThan(90);
        parts.Single(part => part.Hit).Text.ShouldBe("needle");
    }

    [Fact]
    public void Nothing_breaks_a_snippet()
    {
        foreach (var text in new[] { "\uD83D", "😅😅😅 x", string.Concat(Enumerable.Repeat("😅", 300)) + "x", "\uDC00a\uD800", "", "x" + new string('é', 500) })
        {
            foreach (var length in new[] { 0, 1, 7, 40, 200 })
            {
                var shown = string.Concat(SearchWords.Parse("x")!.Snippet(text, length).Select(part => part.Text)).Trim('…');
                text.ShouldContain(shown);
            }
        }
    }

    [Theory]
    [InlineData("15550102231", "15550102231 5550102231 550102231 50102231 0102231 102231 02231 2231 231")]
    [InlineData("123", "123")]
    [InlineData("US.1349", "US.1349")]
    public void A_number_is_found_by_its_endings(string address, string words) => KeepSearchIndex.NumberWords(address).ShouldBe(words);

    private static string Marked(IEnumerable<TextPart> parts) => string.Concat(parts.Select(part => part.Hit ? $"[{part.Text}]" : part.Text));
}
