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
        var points = new Dictionary<FaultPoint, int>();
        for (var seed = first; crashes < total; seed++)
        {
            using var simulation = new Simulation(seed);
            var report = simulation.Run(CrashesPerHistory, messages: 40);
            report.ShouldBeNull($"seed {seed}");
            crashes += simulation.Crashes;
            accepted += simulation.World.Accepted.Count;
            flagged += simulation.World.Accepted.GroupBy(a => a.Key).Sum(g => g.Count() - 1);
            foreach (var (point, count) in simulation.CrashPoints)
            {
                points[point] = points.GetValueOrDefault(point) + count;
            }
        }

        output.WriteLine($"{crashes} crashes, {accepted} sends accepted, lost 0, unflagged duplicates 0, flagged duplicates {flagged}, AI sends after AI-off 0");
        output.WriteLine(string.Join(", ", points.OrderBy(p => p.Key).Select(p => $"{p.Key} {p.Value}")));
        points.Count.ShouldBeGreaterThanOrEqualTo(25, "kill points that really crashed");
    }

    [Theory]
    [InlineData("dedup off")]
    [InlineData("ack before commit")]
    [InlineData("blind resend")]
    [InlineData("no tenant filter")]
    public void Every_planted_fault_turns_the_suite_red(string mutant)
    {
        Func<IMessageStore, IMessageStore> plant = mutant switch
        {
            "dedup off" => store => new DedupOff(store),
            "ack before commit" => store => new AckBeforeCommit(store),
            "blind resend" => store => new BlindResend(store),
            _ => store => new NoTenantFilter(store),
        };
        for (var seed = 1; seed <= 40; seed++)
        {
            using var simulation = new Simulation(seed, plant);
            if (Caught(simulation) is { } finding)
            {
                output.WriteLine($"seed {seed}: {finding.Split('\n')[0]}");
                return;
            }
        }

        Assert.Fail("40 histories with a planted fault looked clean");
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
