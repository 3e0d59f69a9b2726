using AiBotKit.Accounts;
using AiBotKit.Accounts.Plans;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Accounts.Plans;

/// <summary>What the gate says to an account of each plan, outside and inside of a write.</summary>
public sealed class PlanGateTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_account_of_a_smaller_plan_is_told_which_one_it_needs()
    {
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Plans:Default"] = "Free" });
        var (gate, first) = (app.Get<PlanGate>(), app.Get<FirstAccount>().Id);
        var problem = (await gate.RequireAsync(first, PlanFeature.Channels, Stop)).ShouldNotBeNull();
        problem.ShouldBe(new PlanProblem("PLAN_REQUIRED", "WhatsApp is not part of the Free plan. Move to Basic to have it.", "Free", "Basic"));
        foreach (var larger in new[] { PlanFeature.Handover, PlanFeature.LeadEmail, PlanFeature.Webhooks, PlanFeature.Security })
        {
            (await gate.RequireAsync(first, larger, Stop))!.RequiredPlan.ShouldBe("Essential", larger.ToString());
        }

        (await gate.AnotherChatbotAsync(first, 0, Stop)).ShouldBeNull();
        (await gate.AnotherChatbotAsync(first, 1, Stop)).ShouldBe(new PlanProblem("PLAN_LIMIT_REACHED", "The Free plan has room for one chatbot. Move to Basic to have it.", "Free", "Basic"));
        var inside = await app.Get<IDataWriter>().SaveAsync(db => gate.Require(db, first, PlanFeature.Channels));
        inside.ShouldBe(problem);
    }

    [Fact]
    public async Task A_self_hosted_installation_refuses_nothing()
    {
        await using var app = new AppFixture(new Dictionary<string, string?>());
        var (gate, first) = (app.Get<PlanGate>(), app.Get<FirstAccount>().Id);
        (await gate.RequireAsync(first, PlanFeature.All, Stop)).ShouldBeNull();
        (await gate.AnotherChatbotAsync(first, 100_000, Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task A_limit_from_the_configuration_is_what_the_reply_of_the_first_account_meets()
    {
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Plans:Unlimited:AiMessages"] = "12" });
        await using var db = app.Get<ReadDb>().Open();
        (await db.Set<Account>().SingleAsync(Stop)).MonthlyAiMessages.ShouldBe(12);
    }
}
