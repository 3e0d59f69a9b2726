using System.Globalization;
using AiBotKit.Bench.EndToEnd;

namespace AiBotKit.Bench.Acks;

/// <summary>
/// (a) Acknowledgements: the product beside two bare endpoints on the same machine in the same run, turn by turn. Answering is put off by a
/// long quiet window, so that only the path up to the 200 is measured; every measurement has a new store.
/// </summary>
internal static class AckBench
{
    private const int Rounds = 3;
    private const int Requests = 15_000;
    private const int WarmUp = 10_000;
    private const int Customers = 2_000;
    private static readonly string[] Servers = ["hmac", "commit", "product"];

    /// <param name="ToCommit">Acknowledgements of the product per acknowledgement of the bare group-committing endpoint; target at least 0.6.</param>
    /// <param name="P99ToCommit">p99 of the product by p99 of that endpoint; target at most 2.</param>
    internal sealed record Figures(int Connections, AckClient.Figures Hmac, AckClient.Figures Commit, AckClient.Figures Product, double ToCommit, double P99ToCommit);

    public static async Task<IReadOnlyList<Figures>> RunAsync()
    {
        var results = new List<Figures>();
        foreach (var connections in new[] { 8, 64, 256 })
        {
            var rounds = Servers.ToDictionary(server => server, _ => new List<AckClient.Figures>());
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var server in Servers)
                {
                    rounds[server].Add(await MeasureAsync(server, connections));
                }
            }

            var (hmac, commit, product) = (Median(rounds["hmac"]), Median(rounds["commit"]), Median(rounds["product"]));
            var figures = new Figures(connections, hmac, commit, product, Math.Round(product.PerSecond / commit.PerSecond, 2), Math.Round(product.P99Ms / commit.P99Ms, 2));
            results.Add(figures);
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{connections,3} connections: hmac {hmac.PerSecond:F0}/s p99 {hmac.P99Ms:F1} ms | group commit {commit.PerSecond:F0}/s p50 {commit.P50Ms:F1} p99 {commit.P99Ms:F1} ms | product {product.PerSecond:F0}/s p50 {product.P50Ms:F1} p99 {product.P99Ms:F1} ms | {figures.ToCommit:F2} of the acks, {figures.P99ToCommit:F2} times the p99"));
        }

        return results;
    }

    private static async Task<AckClient.Figures> MeasureAsync(string server, int connections)
    {
        await using var rig = new Rig();
        if (server == "product")
        {
            await rig.StartProductAsync(new() { ["Conversations__QuietWindowMs"] = "10000", ["Conversations__QuietWindowCapMs"] = "60000" });
        }
        else
        {
            await rig.StartBareAsync(server);
        }

        var requests = Callbacks.Make(WarmUp + Requests, Customers, "B");
        await AckClient.RunAsync(rig.ProductPort, connections, requests.AsMemory(0, WarmUp));
        return await AckClient.RunAsync(rig.ProductPort, connections, requests.AsMemory(WarmUp));
    }

    private static AckClient.Figures Median(List<AckClient.Figures> rounds) =>
        new(rounds[0].Connections, rounds[0].Requests, Middle(rounds, r => r.PerSecond), Middle(rounds, r => r.P50Ms), Middle(rounds, r => r.P99Ms));

    private static double Middle(List<AckClient.Figures> rounds, Func<AckClient.Figures, double> of) => rounds.Select(of).Order().ElementAt(rounds.Count / 2);
}
