using System.Net.Http.Headers;
using System.Text;
using System.Threading.Channels;
using AiBotKit.PinnacleSimulator.Clock;
using AiBotKit.PinnacleSimulator.Faults;
using AiBotKit.PinnacleSimulator.Numbers;
using AiBotKit.PinnacleSimulator.Wire;
using Microsoft.Extensions.Options;

namespace AiBotKit.PinnacleSimulator.Webhooks;

/// <summary>Posts callbacks. Customers are spread over lanes; a lane posts one callback after the other, so one customer's callbacks start in order.</summary>
internal sealed partial class WebhookSender(
    IHttpClientFactory clients,
    IOptions<SimulatorOptions> options,
    FaultBoard faults,
    Scheduler scheduler,
    SimClock clock,
    WireLog log,
    Counters counters,
    TimeProvider time,
    ILogger<WebhookSender> logger) : BackgroundService
{
    /// <summary>Name of the HTTP client.</summary>
    public const string Client = "callbacks";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly SimulatorOptions settings = options.Value;
    private readonly byte[] secret = Encoding.UTF8.GetBytes(options.Value.WebhookSecret);
    private readonly Channel<Delivery>[] lanes = [.. Enumerable.Range(0, options.Value.WebhookConnections)
        .Select(static _ => Channel.CreateUnbounded<Delivery>(new UnboundedChannelOptions { SingleReader = true }))];

    private int era;

    /// <summary>Puts items into one callback, signs it and queues it.</summary>
    public void Send(IReadOnlyList<WebhookItem> items, bool duplicate = false)
    {
        if (!items[0].Number.Subscribed)
        {
            return; // As at Meta: to an account without an app nothing is delivered, and nothing is kept for later.
        }

        var body = EnvelopeWriter.Write(items);
        if (settings.Escaped && !faults.Fires(Fault.PlainJson, items[0].Customer))
        {
            body = JsonEscape.Meta(body);
        }

        Send(new Delivery
        {
            Target = items[0].Number.Target,
            Body = body,
            Signature = Sign(items[0].Number, body),
            Items = items,
            Customer = items[0].Customer,
            Summary = items.Count == 1 ? items[0].Summary : $"{items.Count} in one · {items[0].Summary}",
            Duplicate = duplicate,
            Forged = items[0].Forged,
            Repeats = !items[0].Forged,
        });
    }

    public void Send(Delivery delivery)
    {
        counters.WebhookQueued();
        Enqueue(delivery);
    }

    public string Sign(BusinessNumber number, ReadOnlySpan<byte> body) => WebhookSignature.Sign(number.Target.Secret ?? secret, body);

    /// <summary>Forgets everything that is queued.</summary>
    public void Clear()
    {
        Interlocked.Increment(ref era);
        foreach (var lane in lanes)
        {
            while (lane.Reader.TryRead(out _))
            {
                counters.WebhookDropped();
            }
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(lanes.Select(lane => RunLaneAsync(lane.Reader, stoppingToken)));

    private void Enqueue(Delivery delivery) => lanes[(uint)string.GetHashCode(delivery.Customer, StringComparison.Ordinal) % (uint)lanes.Length].Writer.TryWrite(delivery);

    private async Task RunLaneAsync(ChannelReader<Delivery> lane, CancellationToken stopping)
    {
        using var client = clients.CreateClient(Client);
        client.Timeout = TimeSpan.FromMilliseconds(settings.WebhookTimeoutMs);
        await foreach (var delivery in lane.ReadAllAsync(stopping))
        {
            var before = Volatile.Read(ref era);
            var delivered = await TryAsync(client, delivery, stopping);
            if (delivered || before != Volatile.Read(ref era))
            {
                continue;
            }

            var wait = delivery.Repeats ? RetrySchedule.Next(delivery.Tries) : null;
            if (wait is null)
            {
                counters.WebhookGivenUp();
                continue;
            }

            counters.WebhookRetry();
            scheduler.After(clock.Compress(wait.Value), () => Enqueue(delivery));
        }
    }

    private async Task<bool> TryAsync(HttpClient client, Delivery delivery, CancellationToken stopping)
    {
        delivery.Tries++;
        var signature = Presented(delivery);
        using var request = new HttpRequestMessage(HttpMethod.Post, delivery.Target.Url) { Content = new ByteArrayContent(delivery.Body) };
        request.Content.Headers.ContentType = Json;
        if (signature is not null)
        {
            request.Headers.TryAddWithoutValidation(settings.SignatureHeader, signature);
        }

        foreach (var (name, value) in delivery.Target.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var startedAt = clock.Now;
        var started = time.GetTimestamp();
        var status = 0;
        byte[] answer = [];
        try
        {
            using var response = await client.SendAsync(request, stopping);
            answer = await response.Content.ReadAsByteArrayAsync(stopping);
            status = (int)response.StatusCode;
        }
        catch (HttpRequestException failure)
        {
            answer = Encoding.UTF8.GetBytes(failure.Message);
            NoAnswer(logger, delivery.Tries, failure.HttpRequestError);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            answer = "no answer in time"u8.ToArray();
        }

        var elapsed = time.GetElapsedTime(started);
        counters.WebhookAnswered(status, elapsed);
        foreach (var item in delivery.Items)
        {
            item.Watcher?.Delivered(item.Tag, status, elapsed);
        }

        delivery.Answered?.Invoke(status, answer);
        if (log.Enabled)
        {
            Record(delivery, signature, startedAt, elapsed, status, answer);
        }

        return status == 200;
    }

    private string? Presented(Delivery delivery)
    {
        // The switches touch the first try only: a repeat is right, so a callback that was refused still arrives.
        var first = delivery.Tries == 1;
        return delivery.Unsigned ? null
            : delivery.Forged || (first && faults.Fires(Fault.WrongSignature, delivery.Customer)) ? WebhookSignature.Forge()
            : first && faults.Fires(Fault.NoSignature, delivery.Customer) ? null
            : delivery.Signature;
    }

    private void Record(Delivery delivery, string? signature, DateTimeOffset at, TimeSpan elapsed, int status, byte[] answer)
    {
        List<KeyValuePair<string, string>> headers = [new("Content-Type", "application/json")];
        if (signature is not null)
        {
            headers.Add(new(settings.SignatureHeader, signature));
        }

        headers.AddRange(delivery.Target.Headers);
        log.Add(new WireEntry
        {
            At = at,
            Direction = "webhook",
            Method = "POST",
            Url = delivery.Target.Url.ToString(),
            Kind = delivery.Items.Count > 0 ? delivery.Items[0].Array : "raw",
            Summary = delivery.Summary,
            Headers = headers,
            Body = delivery.Body,
            Signature = signature,
            Signed = signature == delivery.Signature,
            Status = status,
            Answer = answer,
            ElapsedMs = elapsed.TotalMilliseconds,
            Try = delivery.Tries,
            Duplicate = delivery.Duplicate,
            Customer = delivery.Customer,
            Ids = [.. delivery.Items.Select(static item => item.Id)],
        });
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Callback try {Tries} got no answer: {Error}")]
    private static partial void NoAnswer(ILogger logger, int tries, HttpRequestError error);
}
