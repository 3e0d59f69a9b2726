using System.Globalization;

namespace AiBotKit.Bench.EndToEnd;

/// <summary>
/// 50 messages a second of 400 customers for a minute over a model of 300 ms: plain; with a fifth of the webhooks repeated, one in twenty forged
/// and three customers in a callback; and with a kill -9 in the middle.
/// </summary>
internal static class LoadBench
{
    private const double ModelMs = 300;

    /// <param name="AddedP99Ms">Time from webhook to reply beyond the model's; target under 100 ms on an idle machine (the run with a kill includes the time down).</param>
    internal sealed record Figures(string Variant, int Sent, long Answered, long Repeats, double AddedP50Ms, double AddedP99Ms, double AckP99Ms, double ResidentMb);

    public static async Task<IReadOnlyList<Figures>> RunAsync() =>
    [
        await MeasureAsync("plain", new { rate = 50, seconds = 60, customers = 400 }, kill: false),
        await MeasureAsync("20 % repeated, 5 % forged, three in a callback", new { rate = 50, seconds = 60, customers = 400, duplicateShare = 0.2, badSignatureShare = 0.05, batch = 3 }, kill: false),
        await MeasureAsync("kill -9 in the middle", new { rate = 50, seconds = 60, customers = 400 }, kill: true),
    ];

    private static async Task<Figures> MeasureAsync(string variant, object load, bool kill)
    {
        await using var rig = new Rig();
        await rig.StartModelAsync(TimeSpan.FromMilliseconds(ModelMs));
        await rig.StartSimulatorAsync();
        await rig.StartProductAsync();
        var warm = await rig.BeginLoadAsync(new { rate = 20, seconds = 5, customers = 50, firstPhone = 15_557_000_000 });
        (await rig.ReadLoadAsync(warm, TimeSpan.FromMinutes(1))).Demand();
        var id = await rig.BeginLoadAsync(load);
        if (kill)
        {
            await Task.Delay(TimeSpan.FromSeconds(30));
            await rig.KillProductAsync();
            await rig.RestartProductAsync();
        }

        var book = await rig.ReadLoadAsync(id, TimeSpan.FromMinutes(6));
        book.Demand(allowRepeats: kill);
        var figures = new Figures(variant, book.Sent, book.Answered, book.Duplicated, Math.Round(book.Answer.P50 - ModelMs, 1), Math.Round(book.Answer.P99 - ModelMs, 1), book.Ack.P99, rig.ResidentMb);
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{variant}: {figures.Answered} of {figures.Sent} answered, {figures.Repeats} repeats, added p50 {figures.AddedP50Ms:F0} p99 {figures.AddedP99Ms:F0} ms, ack p99 {figures.AckP99Ms:F1} ms, {figures.ResidentMb:F0} MB"));
        return figures;
    }
}
