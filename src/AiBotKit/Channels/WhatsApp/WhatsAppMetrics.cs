using System.Diagnostics.Metrics;
using AiBotKit.Durability;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>Counters of the callback, exported by OpenTelemetry under the meter <c>AiBotKit</c>.</summary>
internal sealed class WhatsAppMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _webhooks = meters.Create("AiBotKit").CreateCounter<long>("aibotkit.webhooks", description: "Callbacks by answer");
    private readonly Counter<long> _items = meters.Create("AiBotKit").CreateCounter<long>("aibotkit.webhook.items", description: "Items of callbacks by what became of them");

    private readonly Histogram<double> _ack = meters.Create("AiBotKit").CreateHistogram<double>("aibotkit.webhook.ack", "s", "From the first header of a callback to its answer");

    /// <param name="took">From the first header to the answer.</param>
    public void Answered(int status, TimeSpan took) => _ack.Record(took.TotalSeconds, new KeyValuePair<string, object?>("answer", status));

    public void NotSigned() => _webhooks.Add(1, new KeyValuePair<string, object?>("answer", "401"));

    public void Unavailable() => _webhooks.Add(1, new KeyValuePair<string, object?>("answer", "503"));

    public void Received(IngestResult result)
    {
        _webhooks.Add(1, new KeyValuePair<string, object?>("answer", "200"));
        Count(result.Stored, "stored");
        Count(result.Duplicates, "duplicate");
        Count(result.Ignored, "ignored");
        Count(result.DeadLetters, "dead_letter");
    }

    private void Count(int items, string became)
    {
        if (items > 0)
        {
            _items.Add(items, new KeyValuePair<string, object?>("became", became));
        }
    }
}
