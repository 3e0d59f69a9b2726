using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults.Crashes;

/// <summary>
/// A human always wins (F43, G8): toggles, people's own messages, turns, sends and new messages in every order that a seed can make, and with a
/// crash now and then. After the answer of a takeover no byte of an AI reply begins, and no word of a person is lost or sent twice.
/// </summary>
public sealed class HumanWinsTests(ITestOutputHelper output)
{
    [Fact]
    public void No_AI_send_begins_after_a_takeover_in_thousands_of_interleavings()
    {
        var total = LongRun.Count(10_000, 100_000);
        var first = LongRun.Seed();
        output.WriteLine($"seeds from {first}; repeat with AIBOTKIT_SEED={first}");
        var (acts, replies, sends, histories, crashes) = (0, 0, 0, 0, 0);
        var red = new List<string>();
        for (var seed = first; acts < total && red.Count < 3; seed++, histories++)
        {
            using var simulation = new Simulation(seed, busyPeople: true);
            if (simulation.Run(crashes: seed % 4 == 0 ? 3 : 0, messages: 120) is { } report)
            {
                red.Add($"seed {seed}: {report}");
            }

            acts += simulation.Acts;
            crashes += simulation.Crashes;
            replies += simulation.World.Replies.Count;
            sends += simulation.World.Accepted.Count;
        }

        red.ShouldBeEmpty();
        output.WriteLine($"{acts} acts of people in {histories} histories with {crashes} crashes: {replies} of their own messages, {sends} sends accepted, AI sends begun after a takeover 0, messages of people lost 0, doubled 0");
        replies.ShouldBeGreaterThan(total / 20);
        sends.ShouldBeGreaterThan(replies);
    }

    public static TheoryData<string> Points => [.. Enum.GetNames<FaultPoint>().Where(name => name[0] is 'R' or 'S')];

    [Theory]
    [MemberData(nameof(Points))]
    public void A_takeover_that_begins_at_any_point_of_a_turn_or_a_send_is_followed_by_no_AI_send(string point)
    {
        var (acts, sends) = (0, 0);
        for (var seed = 1; seed <= LongRun.Count(6, 60); seed++)
        {
            using var simulation = new Simulation(seed, busyPeople: true);
            simulation.TakeOverAt(Enum.Parse<FaultPoint>(point));
            simulation.Run(crashes: 0, messages: 60).ShouldBeNull($"seed {seed}");
            acts += simulation.Acts;
            sends += simulation.World.Accepted.Count;
        }

        output.WriteLine($"{acts} acts, {sends} sends");
        acts.ShouldBeGreaterThan(50);
        sends.ShouldBeGreaterThan(10);
    }
}
