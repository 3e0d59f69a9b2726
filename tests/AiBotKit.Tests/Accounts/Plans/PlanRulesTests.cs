using AiBotKit.Accounts.Plans;
using AiBotKit.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Accounts.Plans;

/// <summary>What each plan allows, and that the configuration can say otherwise.</summary>
public sealed class PlanRulesTests
{
    [Fact]
    public void Without_configuration_the_plans_are_as_documented_and_unlimited_is_the_default()
    {
        var plans = Read([]);
        plans.All.Select(p => (p.Name, p.AiMessages, p.Chatbots, p.StorageCharacters)).ShouldBe(
        [
            ("Free", 50, 1, 500_000), ("Basic", 300, 3, 10_000_000), ("Essential", 2_000, 6, 20_000_000), ("Business", 5_000, 10, 30_000_000), ("Unlimited", null, null, null),
        ]);
        plans.Default.Name.ShouldBe("Unlimited");
        plans.OperatorContact.ShouldBeNull();
        plans.All.Select(p => p.Allows(PlanFeature.Channels)).ShouldBe([false, true, true, true, true]);
        foreach (var feature in new[] { PlanFeature.Handover, PlanFeature.LeadEmail, PlanFeature.Webhooks, PlanFeature.Security })
        {
            plans.All.Select(p => p.Allows(feature)).ShouldBe([false, false, true, true, true], feature.ToString());
        }

        plans.All.Select(p => p.MostAddOns).ShouldBe([0, 10, 10, 10, 0]);
    }

    [Fact]
    public void Every_number_can_be_set()
    {
        var plans = Read(new()
        {
            ["Plans:Default"] = "free",
            ["Plans:OperatorContact"] = "ops@example.com",
            ["Plans:Free:AiMessages"] = "7",
            ["Plans:Free:Channels"] = "true",
            ["Plans:Unlimited:AiMessages"] = "100",
            ["Plans:Business:Chatbots"] = "Unlimited",
            ["Plans:Essential:Webhooks"] = "false",
            ["Plans:Basic:PriceMonthly"] = "7 EUR",
        });
        (plans.Default.Name, plans.Default.AiMessages, plans.OperatorContact).ShouldBe(("Free", 7, "ops@example.com"));
        plans.Of("Free").Allows(PlanFeature.Channels).ShouldBeTrue();
        plans.Of("Unlimited").AiMessages.ShouldBe(100);
        plans.Of("Business").Chatbots.ShouldBeNull();
        plans.Of("Essential").Features.ShouldBe(PlanFeature.All & ~PlanFeature.Webhooks);
        plans.Of("Basic").PriceMonthly.ShouldBe("7 EUR");
        plans.Of("essential").Name.ShouldBe("Essential");
        plans.Of("gone").Name.ShouldBe("Free", "what is not known any more holds as little as the smallest");
    }

    [Fact]
    public void Add_ons_add_to_a_limit_and_to_nothing_else()
    {
        var plans = Read([]);
        PlanRules.AiMessages(plans.Of("Essential"), 2).ShouldBe(4_000);
        PlanRules.StorageCharacters(plans.Of("Essential"), 1).ShouldBe(25_000_000);
        PlanRules.AiMessages(plans.Of("Unlimited"), 3).ShouldBeNull();
        (PlanRules.Units(plans.Of("Basic"), 11), PlanRules.Units(plans.Of("Free"), 4), PlanRules.Units(plans.Of("Basic"), -1)).ShouldBe((10, 0, 0));
    }

    [Theory]
    [InlineData(79L, 100L, UsageLevel.Fine)]
    [InlineData(80L, 100L, UsageLevel.Near)]
    [InlineData(99L, 100L, UsageLevel.Near)]
    [InlineData(100L, 100L, UsageLevel.Out)]
    [InlineData(101L, 100L, UsageLevel.Out)]
    [InlineData(3L, 4L, UsageLevel.Fine)]
    [InlineData(0L, 0L, UsageLevel.Out)]
    [InlineData(1_000_000L, null, UsageLevel.Fine)]
    internal void The_level_turns_at_80_and_at_100_percent(long used, long? limit, UsageLevel level)
    {
        PlanRules.Level(used, limit).ShouldBe(level);
        PlanRules.Left(used, limit).ShouldBe(limit is null ? null : Math.Max(0, limit.Value - used));
    }

    [Fact]
    public void The_hint_names_the_smallest_plan_that_has_it()
    {
        var plans = Read([]);
        PlanRules.SmallestWith(plans.All, PlanFeature.Channels)!.Name.ShouldBe("Basic");
        PlanRules.SmallestWith(plans.All, PlanFeature.Handover)!.Name.ShouldBe("Essential");
        PlanRules.SmallestWithRoom(plans.All, 3)!.Name.ShouldBe("Essential");
        PlanRules.SmallestWithRoom(plans.All, 10)!.Name.ShouldBe("Unlimited");
        PlanRules.SmallestWith(plans.All.Where(p => p.Name == "Free"), PlanFeature.Channels).ShouldBeNull();
    }

    private static PlanCatalogue Read(Dictionary<string, string?> values)
    {
        var settings = new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        var plans = PlanCatalogue.Read(settings);
        settings.Problems.ShouldBeEmpty();
        return plans;
    }
}
