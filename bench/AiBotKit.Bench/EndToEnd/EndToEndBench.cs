using System.Globalization;

namespace AiBotKit.Bench.EndToEnd;

/// <summary>
/// (b) From the webhook's creation in the simulator to the reply's arrival there: a model that answers at once, no quiet window, limits raised,
/// statuses on (three callbacks a reply). Sustained is the highest steady rate at which everything is answered within a second of the last message.
/// </summary>
internal static class EndToEndBench
{
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(1);

    /// <param name="HalfRate">Half of the sustained rate, at which the added time is measured; target p99 under 50 ms.</param>
    internal sealed record Figures(double SustainedPerSecond, double HalfRate, LoadBook.Times AddedAtHalf, LoadBook.Times AckAtHalf);

    public static async Task<Figures> RunAsync()
    {
        await using var rig = new Rig();
        await rig.StartModelAsync(TimeSpan.Zero);
        await rig.StartSimulatorAsync();
        await rig.StartProductAsync(new() { ["Conversations__LoopGuardTurns"] = "0" });
        await MeasureAsync(rig, 50, 10);
        double good = 0, bad = 0;
        for (var rate = 100.0; bad == 0 || bad - good > good * 0.15; rate = bad == 0 ? rate * 1.6 : (good + bad) / 2)
        {
            var (book, sustained) = await MeasureAsync(rig, rate, 8);
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{rate:F0}/s: {(sustained ? "sustained" : "not sustained")}, p50 {book.Answer.P50:F1} p99 {book.Answer.P99:F1} ms"));
            (good, bad) = sustained ? (rate, bad) : (good, rate);
            if (good == 0 && bad < 20)
            {
                throw new BrokenPromiseException("not even 20 messages a second were sustained");
            }
        }

        var (half, _) = await MeasureAsync(rig, good / 2, 20);
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"sustained {good:F0}/s; at {good / 2:F0}/s added p50 {half.Answer.P50:F1} p99 {half.Answer.P99:F1} ms, ack p50 {half.Ack.P50:F1} p99 {half.Ack.P99:F1} ms"));
        return new Figures(Math.Round(good), Math.Round(good / 2), half.Answer, half.Ack);
    }

    private static async Task<(LoadBook Book, bool Sustained)> MeasureAsync(Rig rig, double rate, int seconds)
    {
        var id = await rig.BeginLoadAsync(new { rate, seconds, customers = (int)Math.Clamp(rate * 4, 200, 20_000) });
        var book = await rig.ReadLoadAsync(id, TimeSpan.FromSeconds(seconds) + Lag);
        var sustained = book.Done;
        book = await rig.ReadLoadAsync(id, TimeSpan.FromMinutes(2));
        book.Demand();
        return (book, sustained);
    }
}
