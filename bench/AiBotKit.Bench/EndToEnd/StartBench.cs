using System.Diagnostics;
using System.Globalization;
using AiBotKit.Bench.Acks;
using AiBotKit.Storage;

namespace AiBotKit.Bench.EndToEnd;

/// <summary>(d) From the start of the process to the first acknowledged callback over an existing store, and resident memory at rest.</summary>
internal static class StartBench
{
    private const int Rounds = 5;
    private const int Stored = 20_000;

    /// <param name="FirstAckMs">Median; target 2,000.</param>
    /// <param name="IdleMb">A minute after the start, nothing asked yet (the embedding model loads at the first question); target under 200.</param>
    internal sealed record Figures(double FirstAckMs, double WorstFirstAckMs, double IdleMb);

    public static async Task<Figures> RunAsync()
    {
        await using var rig = new Rig();
        // Nothing is to be answered here: the messages only fill the store.
        await rig.StartProductAsync(new() { ["Conversations__QuietWindowMs"] = "10000", ["Conversations__QuietWindowCapMs"] = "60000" });
        var requests = Callbacks.Make(Stored + Rounds, 2_000, "D");
        await AckClient.RunAsync(rig.ProductPort, 64, requests.AsMemory(0, Stored));
        var times = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            await rig.StopProductAsync();
            var clock = Stopwatch.StartNew();
            rig.StartProductProcess();
            times.Add(await FirstAckAsync(rig.ProductPort, requests.AsMemory(Stored + round, 1), clock));
        }

        await rig.StopProductAsync();
        await using var idle = new Rig();
        await idle.StartProductAsync();
        // The first start of all embeds the knowledge and so loads the model; every later one is at rest without it, unless that was not finished.
        await EmbeddedAsync(idle.DataFolder);
        await idle.StopProductAsync();
        await idle.RestartProductAsync();
        await Task.Delay(TimeSpan.FromSeconds(60));
        times.Sort();
        var figures = new Figures(Math.Round(times[Rounds / 2]), Math.Round(times[^1]), idle.ResidentMb);
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"first ack {figures.FirstAckMs:F0} ms after the start (worst {figures.WorstFirstAckMs:F0}), idle {figures.IdleMb:F0} MB"));
        return figures;
    }

    private static async Task EmbeddedAsync(string folder)
    {
        await using var connection = new SqliteDatabase(folder).OpenForReading();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) > 0 AND count(*) = count(Vectors) FROM knowledge_chunks";
        var clock = Stopwatch.StartNew();
        while (await command.ExecuteScalarAsync() is not 1L)
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(1))
            {
                throw new BrokenPromiseException("The knowledge was not embedded within a minute.");
            }

            await Task.Delay(50);
        }
    }

    private static async Task<double> FirstAckAsync(int port, ReadOnlyMemory<byte[]> request, Stopwatch clock)
    {
        while (true)
        {
            try
            {
                await AckClient.RunAsync(port, 1, request);
                return clock.Elapsed.TotalMilliseconds;
            }
            catch (System.Net.Sockets.SocketException) when (clock.Elapsed < TimeSpan.FromMinutes(1))
            {
                await Task.Delay(5);
            }
        }
    }
}
