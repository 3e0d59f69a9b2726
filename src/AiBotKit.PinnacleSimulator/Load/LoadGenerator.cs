using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiBotKit.PinnacleSimulator.Clock;
using AiBotKit.PinnacleSimulator.Customers;
using AiBotKit.PinnacleSimulator.Messages;
using AiBotKit.PinnacleSimulator.Numbers;
using AiBotKit.PinnacleSimulator.Webhooks;

namespace AiBotKit.PinnacleSimulator.Load;

/// <summary>Sends messages of many customers at a steady rate and keeps the book of what was answered.</summary>
internal sealed partial class LoadGenerator(CustomerBook book, WebhookSender sender, Scheduler scheduler, SimClock clock, Dice dice, TimeProvider time, IHostApplicationLifetime lifetime)
    : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentDictionary<string, LoadRun> runs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (LoadRun Run, int Index)> owners = new(StringComparer.Ordinal);
    private readonly System.Threading.Channels.Channel<(LoadRun Run, BusinessNumber Number)> starts = System.Threading.Channels.Channel.CreateUnbounded<(LoadRun, BusinessNumber)>();
    private int started;

    public LoadRun Start(LoadEndpoints.LoadRequest ask, BusinessNumber number)
    {
        var index = Interlocked.Increment(ref started);
        var run = new LoadRun(index.ToString(CultureInfo.InvariantCulture), ask, time, clock.Now);
        runs[run.Id] = run;
        starts.Writer.TryWrite((run, number));
        return run;
    }

    public LoadRun? Find(string id) => runs.GetValueOrDefault(id);

    public void Clear()
    {
        foreach (var run in runs.Values)
        {
            run.Stop.Cancel();
        }

        runs.Clear();
        owners.Clear();
    }

    /// <summary>Books an answer. The token in the text names the message best; then the quoted message; then it counts for the oldest open one.</summary>
    public void Answered(Customer customer, string? text, string? quoted)
    {
        if (!owners.TryGetValue(customer.Key, out var owner))
        {
            return;
        }

        List<int> tags = [];
        foreach (Match token in TokenForm().Matches(text ?? ""))
        {
            if (token.Groups[1].Value == owner.Run.Id && int.TryParse(token.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var tag) && !tags.Contains(tag))
            {
                tags.Add(tag);
            }
        }

        if (tags.Count == 0 && quoted is not null && owner.Run.TagOf(quoted) is >= 0 and var found)
        {
            tags.Add(found);
        }

        owner.Run.Answered(owner.Index, tags);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Runs overlap freely: each is a task of its own, and all end with the host.
        List<Task> running = [];
        try
        {
            await foreach (var (run, number) in starts.Reader.ReadAllAsync(stoppingToken))
            {
                running.RemoveAll(static one => one.IsCompleted);
                running.Add(SendAsync(run, number, lifetime.ApplicationStopping));
            }
        }
        finally
        {
            await Task.WhenAll(running);
        }
    }

    private async Task SendAsync(LoadRun run, BusinessNumber number, CancellationToken stopping)
    {
        await Task.Yield();
        var ask = run.Ask;
        var customers = Enumerable.Range(0, ask.Customers).Select(i => Join(run, i)).ToArray();
        var total = ask.Count > 0 ? ask.Count : (long)(ask.Rate * ask.Seconds);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stopping, run.Stop.Token);
        using var timer = new PeriodicTimer(Tick, time);
        var zero = time.GetTimestamp();
        List<WebhookItem> batch = [];
        var next = 0;
        try
        {
            for (long done = 0; done < total;)
            {
                await timer.WaitForNextTickAsync(both.Token);
                for (var due = Math.Min(total, (long)(time.GetElapsedTime(zero).TotalSeconds * ask.Rate)); done < due; done++)
                {
                    Say(run, number, customers, next++ % ask.Customers, forged: false, batch);
                    if (dice.Roll(ask.BadSignatureShare))
                    {
                        Say(run, number, customers, dice.Between(0, ask.Customers - 1), forged: true, batch);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped early: what was sent still counts.
        }

        Flush(batch);
        run.Sending = false;
    }

    private Customer Join(LoadRun run, int index)
    {
        var phone = (run.Ask.FirstPhone + index).ToString(CultureInfo.InvariantCulture);
        var customer = book.Add(new Customer { Phone = phone, Name = "Load " + index.ToString(CultureInfo.InvariantCulture), Light = true });
        owners[customer.Key] = (run, index);
        return customer;
    }

    private void Say(LoadRun run, BusinessNumber number, Customer[] customers, int index, bool forged, List<WebhookItem> batch)
    {
        var customer = customers[index];
        var id = Wamid.Inbound(customer.Phone);
        var tag = run.Begin(index, id, forged);
        var at = clock.Now;
        if (!forged)
        {
            book.Thread(customer, number).LastInboundAt = at;
        }

        var item = new WebhookItem
        {
            Number = number,
            Array = "messages",
            Customer = customer.Key,
            Contact = customer.Contact,
            Json = Write(customer.Phone!, id, at, string.Create(CultureInfo.InvariantCulture, $"{run.Ask.Text} #L{run.Id}.{tag}#")),
            Id = id,
            Summary = forged ? "load · forged" : "load",
            Watcher = run,
            Tag = tag,
            Forged = forged,
        };
        if (forged)
        {
            sender.Send([item]);
            return;
        }

        if (dice.Roll(run.Ask.DuplicateShare))
        {
            run.DuplicateSent();
            scheduler.After(TimeSpan.FromMilliseconds(run.Ask.DuplicateAfterMs), () => sender.Send([item], duplicate: true));
        }

        batch.Add(item);
        if (batch.Count >= run.Ask.Batch)
        {
            Flush(batch);
        }
    }

    private void Flush(List<WebhookItem> batch)
    {
        if (batch.Count > 0)
        {
            sender.Send([.. batch]);
            batch.Clear();
        }
    }

    private static byte[] Write(string phone, string id, DateTimeOffset at, string text)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, WireJson.Writer))
        {
            json.WriteStartObject();
            json.WriteString("from"u8, phone);
            json.WriteString("id"u8, id);
            json.WriteString("timestamp"u8, at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
            json.WriteString("type"u8, "text"u8);
            json.WriteStartObject("text"u8);
            json.WriteString("body"u8, text);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    [GeneratedRegex(@"#L(\d+)\.(\d+)#")]
    private static partial Regex TokenForm();
}
