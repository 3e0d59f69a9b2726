using AiBotKit.Dashboard.Health;
using AiBotKit.Knowledge.Embedding;
using AiBotKit.Storage;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Dashboard;

/// <summary>What the health page says about the database.</summary>
public sealed class HealthRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Sound", "good")]
    [InlineData("Checking", "")]
    [InlineData("Damaged", "bad")]
    public void A_damaged_database_asks_for_an_act_and_one_that_is_being_checked_for_nothing(string state, string tone)
    {
        var facts = new HealthFacts(null, 0, 0, 0, null, null, 0, 0, null, true, Enum.Parse<DatabaseState>(state), ModelState.Ready);
        var figure = HealthRules.Figures(facts, Noon).Single(one => one.Name == "Database");
        figure.Tone.ShouldBe(tone);
        figure.Note.Contains("restore a backup", StringComparison.Ordinal).ShouldBe(tone == "bad");
    }
}
