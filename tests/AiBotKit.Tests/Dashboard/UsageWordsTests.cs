using AiBotKit.Accounts.Plans;
using AiBotKit.Dashboard.Plans;
using AiBotKit.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Dashboard;

/// <summary>Plan and usage in words.</summary>
public sealed class UsageWordsTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly PlanCatalogue Plans = PlanCatalogue.Read(new SettingsReader(new ConfigurationBuilder().Build()));

    [Theory]
    [InlineData("Essential", 1438, "Messages left", "562/2,000", "28 100", "")]
    [InlineData("Essential", 1600, "Messages left", "400/2,000", "20 100", "near")]
    [InlineData("Essential", 1999, "Messages left", "1/2,000", "1 100", "near")]
    [InlineData("Essential", 2000, "Messages left", "0/2,000", "0 100", "out")]
    [InlineData("Essential", 2500, "Messages left", "0/2,000", "0 100", "out")]
    [InlineData("Unlimited", 1234567, "Messages used", "1,234,567", "0 100", "")]
    public void The_pill_says_what_is_left_and_turns_amber_and_red(string plan, long used, string label, string value, string ring, string css)
    {
        var view = UsageWords.Of(Usage(plan, used), TimeZoneInfo.Utc);
        (view.Plan, view.Label, view.Value, view.Ring, view.Css).ShouldBe((plan + " plan", label, value, ring, css));
        (view.Notice is null).ShouldBe(css.Length == 0);
    }

    [Fact]
    public void The_notices_say_what_is_kept_and_when_it_goes_on()
    {
        UsageWords.Of(Usage("Free", 40), TimeZoneInfo.Utc).Notice.ShouldBe(
            new UsageNotice("Four fifths of the monthly AI messages are used.", "10 are left until 1 December. At zero, customers’ messages are still kept and a person can answer."));
        UsageWords.Of(Usage("Free", 50), TimeZoneInfo.Utc).Notice!.Sentence.ShouldBe("Customers’ messages are kept and marked, and a person can answer. The AI answers again from 1 December.");
    }

    [Fact]
    public void The_pace_is_told_only_when_it_ends_before_the_period()
    {
        UsageWords.LastsUntil(Usage("Free", 40), Start.AddDays(16)).ShouldBe(Start.AddDays(20));
        UsageWords.LastsUntil(Usage("Free", 20), Start.AddDays(16)).ShouldBeNull("it lasts");
        UsageWords.LastsUntil(Usage("Free", 50), Start.AddDays(16)).ShouldBeNull("it is over already");
        UsageWords.LastsUntil(Usage("Free", 0), Start.AddDays(16)).ShouldBeNull();
        UsageWords.LastsUntil(Usage("Unlimited", 40), Start.AddDays(16)).ShouldBeNull();
    }

    [Fact]
    public void Numbers_and_days_are_short()
    {
        (UsageWords.Short(500_000), UsageWords.Short(1_300_000), UsageWords.Short(20_000_000), UsageWords.Short(999)).ShouldBe(("500K", "1.3M", "20M", "999"));
        UsageWords.Resets(Start.AddMonths(1), Start.AddDays(19), TimeZoneInfo.Utc).ShouldBe("1 December, in 11 days");
        UsageWords.Resets(Start.AddMonths(1), Start.AddDays(29), TimeZoneInfo.Utc).ShouldBe("1 December, tomorrow");
    }

    [Theory]
    [InlineData("ops@example.com", "mailto:ops@example.com", "ops@example.com")]
    [InlineData("https://shop.example/help", "https://shop.example/help", "https://shop.example/help")]
    [InlineData("Ask Ana at the desk", null, "Ask Ana at the desk")]
    [InlineData("javascript:alert(1)", null, "javascript:alert(1)")]
    public void Only_an_address_becomes_a_link(string said, string? href, string text) => PlanWords.Contact(said).ShouldBe(new ContactView(href, text));

    [Fact]
    public void What_is_locked_names_the_plan_that_has_it()
    {
        PlanWords.Contact(null).ShouldBeNull();
        PlanWords.Has(Usage("Basic", 0).Plan, Plans).ShouldBe(
        [
            new("WhatsApp", true, null), new("Human handover", false, "Essential"), new("Lead e-mails", false, "Essential"), new("Banned words", false, "Essential"),
        ]);
        PlanWords.Limits(new PlanPage(Usage("Essential", 0), 3, 1_300_000)).ShouldBe(
            [new("Chatbots", "3 of 6", 50), new("Knowledge", "1.3M of 20M characters", 6), new("Extra messages", "0 of 10 add-ons", 0), new("Extra storage", "0 of 10 add-ons", 0)]);
        PlanWords.Limits(new PlanPage(Usage("Unlimited", 0), 3, 1_300_000)).ShouldBe([new("Chatbots", "3, no limit", null), new("Knowledge", "1.3M characters, no limit", null)]);
    }

    private static UsageState Usage(string plan, long used) => new(new AccountPlan(Guid.Empty, Plans.Of(plan), Start, 0, 0), Start, Start.AddMonths(1), used);
}
