using AiBotKit.Dashboard.Inbox;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Dashboard;

public sealed class CitationPlacementTests
{
    [Theory]
    [InlineData("Pick *fine*. Then wait.", "Pick **fine**.[[1]] Then wait.[[2]]", "Pick *fine*.{1} Then wait.{2}")]
    [InlineData("I am an AI assistant.\nOpen at 9.", "Open at 9.[[1]]", "I am an AI assistant.\nOpen at 9.{1}")]
    [InlineData("second part.", "First part.[[1]] Second part.[[2]]", "second part.{2}")]
    [InlineData("Docs: https://a.example", "[Docs](https://a.example)[[1]]", "Docs: https://a.example{1}")]
    [InlineData("Something else was sent", "Open at 9.[[1]]", "Something else was sent")]
    [InlineData("No marks", "No marks", "No marks")]
    [InlineData("", "Open.[[1]]", "")]
    [InlineData("a [[x]] b", "a [[x]] b[[1]]", "a [[x]] b{1}")]
    public void Marks_of_the_draft_find_their_place_in_what_was_sent(string sent, string draft, string expected)
    {
        var shown = sent;
        foreach (var mark in CitationPlacement.Place(sent, draft).Reverse())
        {
            shown = shown.Insert(mark.At, $"{{{mark.Number}}}");
        }

        shown.ShouldBe(expected);
    }
}
