using AiBotKit.Conversations.Team;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations.Team;

/// <summary>What becomes of a canned reply's variables.</summary>
public sealed class CannedTextTests
{
    private static readonly CannedValues Known = new("Maya Lindqvist", "+15550102231", "Ana Duarte", "Tidewick Assistant");
    private static readonly CannedValues Unknown = new(null, null, "Ana", "Bot");

    [Theory]
    [InlineData("Hi {first_name}!", "Hi Maya!", "Hi !")]
    [InlineData("Hi {first_name|there}!", "Hi Maya!", "Hi there!")]
    [InlineData("{name|You} at {number|no number}", "Maya Lindqvist at +15550102231", "You at no number")]
    [InlineData("{agent} of {chatbot}", "Ana Duarte of Tidewick Assistant", "Ana of Bot")]
    [InlineData("{ name } {Name} {} {a b}", "{ name } {Name} {} {a b}", "{ name } {Name} {} {a b}")]
    public void Variables_become_what_is_known(string text, string known, string unknown)
    {
        CannedText.Problem("x", text).ShouldBeNull();
        CannedText.Fill(text, Known).ShouldBe(known);
        CannedText.Fill(text, Unknown).ShouldBe(unknown);
    }

    [Fact]
    public void What_a_customer_is_called_is_no_template()
    {
        CannedText.Fill("Hi {name}", Known with { Name = "{agent} {number}" }).ShouldBe("Hi {agent} {number}");
    }

    [Fact]
    public void A_variable_that_is_not_there_is_named()
    {
        CannedText.Problem("x", "Hi {firstname}").ShouldNotBeNull().ShouldContain("{firstname}");
    }
}
