using System.Globalization;

namespace AiBotKit.Bench.EndToEnd;

/// <summary>
/// (e) An outage: 100,000 messages of 5,000 customers wait at the provider while the product is down, and come from 20 senders when it is back.
/// Meanwhile other customers write to a second number. Each reply answers all open messages of its customer.
/// </summary>
internal static class BacklogBench
{
    private const int Messages = 100_000;
    private const string LiveNumber = "300000000000002";

    /// <param name="IngestSeconds">Until the last of the backlog was acknowledged.</param>
    /// <param name="LiveAnswer">Time to a live customer's answer during it; target under 10 s.</param>
    internal sealed record Figures(int Messages, double IngestSeconds, double DrainSeconds, LoadBook.Times Ack, LoadBook.Times LiveAnswer, LoadBook.Times LiveAck, double PeakMb, double AfterMb);

    public static async Task<Figures> RunAsync()
    {
        await using var rig = new Rig();
        await rig.StartModelAsync(TimeSpan.FromMilliseconds(300));
        // An outage of half an hour is over in a blink: the provider's gaps between tries are made shorter.
        await rig.StartSimulatorAsync(new() { ["WebhookConnections"] = "20", ["ClockFactor"] = "20" });
        var livePort = Demo.Ports.Free().Product;
        await rig.StartSimulatorAsync(livePort, LiveNumber, "15550100002");
        var settings = new Dictionary<string, string>
        {
            ["Chatbots__1__Name"] = "Live",
            ["Chatbots__1__AnswerScope"] = "KnowledgeFirst",
            ["Conversations__QuietWindowMs"] = "1500",
            ["Conversations__LoopGuardTurns"] = "0",
        };
        RigSettings.Connect(settings, 1, "Live", livePort, LiveNumber, "15550100002");
        await rig.StartProductAsync(settings);
        await rig.StopProductAsync();

        var backlog = await rig.BeginLoadAsync(new { rate = 20_000, count = Messages, customers = 5_000, answerCovers = "all" });
        await Task.Delay(TimeSpan.FromSeconds(10));
        await rig.RestartProductAsync();
        var started = TimeProvider.System.GetTimestamp();
        var live = await rig.BeginLoadAsync(new { rate = 2, seconds = 1200, customers = 40 }, livePort);
        double ingested = 0, peak = 0;
        LoadBook book;
        do
        {
            book = await rig.ReadLoadAsync(backlog, TimeSpan.FromSeconds(2));
            peak = Math.Max(peak, rig.ResidentMb);
            if (ingested == 0 && book.Acked == Messages)
            {
                ingested = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
            }
        }
        while (!book.Done && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromMinutes(15));

        var drained = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        book.Demand(anyOrder: true);
        await rig.StopLoadAsync(live, livePort);
        var answered = await rig.ReadLoadAsync(live, TimeSpan.FromSeconds(30), livePort);
        answered.Demand();
        var figures = new Figures(Messages, Math.Round(ingested), Math.Round(drained), book.Ack, answered.Answer, answered.Ack, peak, rig.ResidentMb);
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{Messages} taken in {ingested:F0} s (ack p99 {book.Ack.P99:F0} ms) and answered in {drained:F0} s; live answers p50 {answered.Answer.P50 / 1000:F1} p99 {answered.Answer.P99 / 1000:F1} s; peak {peak:F0} MB, then {figures.AfterMb:F0} MB"));
        return figures;
    }
}
