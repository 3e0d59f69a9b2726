using Xunit;

namespace AiBotKit.Tests.Faults.Crashes;

public sealed class Probe
{
    [Fact]
    public void One()
    {
        for (var seed = 1; seed < 5; seed++)
        {
            var t = System.Diagnostics.Stopwatch.StartNew();
            using var s = new Simulation(seed) { Debug = true };
            var r = s.Run(25, 40);
            File.AppendAllText("/tmp/sim.log", $"seed {seed} {t.Elapsed} crashes {s.Crashes} accepted {s.World.Accepted.Count} {r}\n");
        }
    }
}
