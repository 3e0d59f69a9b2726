using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults.Crashes;

/// <summary>Recipe 1 of the reliability contract: seeded crashes between any two steps of the path of a message.</summary>
public sealed class CrashSimulatorTests(ITestOutputHelper output)
{
    private const int CrashesPerHistory = 25;

    [Fact]
    public void Nothing_is_lost_or_answered_twice_over_thousands_of_crashes()
    {
        var total = LongRun.Count(5_000, 20_000);
        var first = LongRun.Seed();
        output.WriteLine($"seeds from {first}; repeat with AIBOTKIT_SEED={first}");
        var crashes = 0;
        var flagged = 0;
        var accepted = 0;
        var inRecovery = 0;
        var paid = 0L;
        var (jumps, days, merges, replies, forms) = (0, 0, 0, 0, 0);
        var points = new Dictionary<FaultPoint, int>();
        var outcomes = new Dictionary<string, int>();
        var red = new List<string>();
        for (var seed = first; crashes < total && red.Count < 3; seed++)
        {
            using var simulation = new Simulation(seed);
            if (simulation.Run(CrashesPerHistory, messages: 40) is { } report)
            {
                red.Add($"seed {seed}: {report}");
            }

            crashes += simulation.Crashes;
            accepted += simulation.World.Accepted.Count;
            flagged += simulation.World.Accepted.GroupBy(a => a.Key).Sum(g => g.Count() - 1);
            inRecovery += simulation.CrashesInRecovery;
            jumps += simulation.ClockJumps;
            days += simulation.Days;
            merges += simulation.Merges;
            forms += simulation.FormsBegun;
            paid += simulation.AiMessages;
            replies += simulation.World.Replies.Count;
            Add(points, simulation.CrashPoints);
            Add(outcomes, simulation.Outcomes);
        }

        red.ShouldBeEmpty();
        output.WriteLine($"{crashes} crashes ({inRecovery} during a recovery), {jumps} clock jumps, {days} days passed, {merges} conversations merged, {forms} lead forms begun, {replies} messages of people, {accepted} sends accepted, {paid} AI messages counted and none wrongly, lost 0, unflagged duplicates 0, flagged duplicates {flagged}, out of order 0, AI sends after AI-off or disabling 0, sends or answers outside the window 0");
        output.WriteLine(string.Join(", ", outcomes.OrderByDescending(o => o.Value).Select(o => $"{o.Key} {o.Value}")));
        output.WriteLine(string.Join(", ", points.OrderBy(p => p.Key).Select(p => $"{p.Key} {p.Value}")));
        points.Count.ShouldBeGreaterThanOrEqualTo(25, "kill points that really crashed");
        forms.ShouldBePositive();
        paid.ShouldBePositive();
        inRecovery.ShouldBeGreaterThan(0);
        jumps.ShouldBeGreaterThan(0);
        days.ShouldBeGreaterThan(0);
        merges.ShouldBeGreaterThan(0);
        replies.ShouldBeGreaterThan(0);
        outcomes.Keys.ShouldContain("answered");
        outcomes.Keys.ShouldContain("window");

        static void Add<T>(Dictionary<T, int> sum, IReadOnlyDictionary<T, int> more)
            where T : notnull
        {
            foreach (var (key, count) in more)
            {
                sum[key] = sum.GetValueOrDefault(key) + count;
            }
        }
    }

    [Theory]
    [InlineData("dedup off")]
    [InlineData("ack before commit")]
    [InlineData("blind resend")]
    [InlineData("no tenant filter")]
    [InlineData("out of order")]
    [InlineData("switch forgotten")]
    [InlineData("takeover forgotten")]
    [InlineData("reply forgotten")]
    [InlineData("pause forgotten")]
    [InlineData("greedy claim")]
    [InlineData("window from receipt")]
    [InlineData("margin forgotten")]
    [InlineData("alias forgotten")]
    [InlineData("foreign alias")]
    [InlineData("form forgotten")]
    [InlineData("AI message forgotten")]
    public void Every_planted_fault_turns_the_suite_red(string mutant)
    {
        Func<IMessageStore, IMessageStore> plant = mutant switch
        {
            "dedup off" => store => new DedupOff(store),
            "ack before commit" => store => new AckBeforeCommit(store),
            "blind resend" => store => new BlindResend(store),
            "out of order" => store => new OutOfOrder(store),
            "switch forgotten" => store => new SwitchForgotten(store),
            "takeover forgotten" => store => new TakeoverForgotten(store),
            "reply forgotten" => store => new ReplyForgotten(store),
            "pause forgotten" => store => new PauseForgotten(store),
            "greedy claim" => store => new GreedyClaim(store),
            "window from receipt" => store => new WindowFromReceipt(store),
            "margin forgotten" => store => new MarginForgotten(store),
            "alias forgotten" => store => new AliasForgotten(store),
            "foreign alias" => store => new ForeignAlias(store),
            "form forgotten" => store => new FormForgotten(store),
            "AI message forgotten" => store => new AiMessageForgotten(store),
            _ => store => new NoTenantFilter(store),
        };
        for (var seed = 1; seed <= 160; seed++)
        {
            using var simulation = new Simulation(seed, plant);
            if (Caught(simulation) is { } finding)
            {
                output.WriteLine($"seed {seed}: {finding.Split('\n')[0]}");
                return;
            }
        }

        Assert.Fail("160 histories with a planted fault looked clean");
    }

    private static string? Caught(Simulation simulation)
    {
        try
        {
            return simulation.Run(CrashesPerHistory, messages: 40);
        }
        catch (InvalidOperationException noSuchCustomer)
        {
            // A send to a customer of the other tenant is refused by the simulated provider.
            return noSuchCustomer.Message;
        }
    }
}
