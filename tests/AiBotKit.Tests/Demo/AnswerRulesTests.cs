extern alias Demo;

using AiBotKit.Tests.Architecture;
using Demo::AiBotKit.Demo;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Demo;

/// <summary>The checker of the scripted conversation reports each thing that can be wrong, and nothing else.</summary>
public sealed class AnswerRulesTests
{
    private const string Fallback = "No answer yet.";
    private const string Disclosure = "I am an AI assistant.";
    private static readonly Step Shipping = new("shipping", [new Bubble("How much?")], ["4.90"], "Shipping");
    private static readonly Step Unknown = new("unknown", [new Bubble("A bicycle?")], Unanswerable: true);

    [Fact]
    public void A_right_answer_has_no_problem() => Problems(Shipping, new Exchange(["It costs 4.90 euros."], ["Shipping"])).ShouldBeEmpty();

    [Fact]
    public void A_right_first_answer_has_no_problem() => Problems(Shipping, new Exchange([Disclosure + "\nIt costs 4.90 euros."], ["Shipping"]), first: true).ShouldBeEmpty();

    [Fact]
    public void A_right_fallback_has_no_problem() => Problems(Unknown, new Exchange([Fallback], [])).ShouldBeEmpty();

    [Theory]
    [InlineData("expected exactly one answer, got 2", "It costs 4.90 euros.|Again 4.90.", "Shipping")]
    [InlineData("does not say \"4.90\"", "It is free.", "Shipping")]
    [InlineData("expected a citation", "It costs 4.90 euros.", "Returns")]
    [InlineData("expected a citation", "It costs 4.90 euros.", null)]
    public void A_wrong_answer_is_reported(string problem, string answers, string? document) =>
        Problems(Shipping, new Exchange(answers.Split('|'), document is null ? [] : [document])).ShouldHaveSingleItem().ShouldContain(problem);

    [Fact]
    public void A_missing_answer_is_reported() => Problems(Shipping, new Exchange([], [])).ShouldContain("expected exactly one answer, got 0");

    [Fact]
    public void A_first_answer_without_disclosure_is_reported() =>
        Problems(Shipping, new Exchange(["It costs 4.90 euros."], ["Shipping"]), first: true).ShouldHaveSingleItem().ShouldContain("must begin");

    [Fact]
    public void An_invented_answer_is_reported() => Problems(Unknown, new Exchange(["Yes, we repair bicycles."], ["Shipping"])).Count.ShouldBe(2);

    [Fact]
    public async Task The_script_covers_what_it_promises()
    {
        var script = await Script.ReadAsync(Path.Combine(Repository.Root, "samples/demo/conversation.json"), TestContext.Current.CancellationToken);

        script.Steps.Count.ShouldBeGreaterThanOrEqualTo(8);
        script.Steps.ShouldContain(step => step.Unanswerable);
        script.Steps.ShouldContain(step => step.Send.Count == 3);
        script.Steps.ShouldContain(step => step.Send[0].Type == "image" && step.Send[0].Caption != null);
        script.Steps.Where(step => !step.Unanswerable).ShouldAllBe(step => step.Contains != null && step.Document != null);
    }

    [Theory]
    [InlineData("", false, 5080, false, false)]
    [InlineData("--port 6080 --reset", false, 6080, true, false)]
    [InlineData("demo --expect-failure", true, 5080, false, true)]
    public void Options_are_read(string line, bool demo, int port, bool reset, bool expectFailure) =>
        RunOptions.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ShouldBe(new RunOptions(demo, port, reset, expectFailure));

    [Theory]
    [InlineData("--port")]
    [InlineData("--port 0")]
    [InlineData("--port 65535")]
    [InlineData("--reset demo")]
    [InlineData("--expect-failure")]
    [InlineData("help")]
    public void Wrong_options_are_refused(string line) => RunOptions.Parse(line.Split(' ')).ShouldBeNull();

    private static List<string> Problems(Step step, Exchange got, bool first = false) => [.. AnswerRules.Problems(step, got, first, Fallback, Disclosure)];
}
