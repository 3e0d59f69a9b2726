using System.Text;
using AiBotKit.PinnacleSimulator.Clock;
using AiBotKit.PinnacleSimulator.Customers;
using AiBotKit.PinnacleSimulator.Faults;
using AiBotKit.PinnacleSimulator.Live;
using AiBotKit.PinnacleSimulator.Load;
using AiBotKit.PinnacleSimulator.Media;
using AiBotKit.PinnacleSimulator.Messages;
using AiBotKit.PinnacleSimulator.Numbers;
using AiBotKit.PinnacleSimulator.Webhooks;
using AiBotKit.PinnacleSimulator.Wire;
using Microsoft.Extensions.Options;

namespace AiBotKit.PinnacleSimulator.Control;

/// <summary>State, clock, raw callbacks, statuses by hand, and starting over.</summary>
internal static class ControlEndpoints
{
    public static void MapControl(this IEndpointRouteBuilder app)
    {
        var sim = app.MapGroup("/sim");
        sim.MapGet("/state", State);
        sim.MapPost("/latency", (LatencyRequest body, IOptions<SimulatorOptions> options) => Latency(body, options.Value));
        sim.MapPost("/clock", (ClockRequest body, SimClock clock, LiveHub live) => SetClock(body, clock, live));
        sim.MapPost("/webhook", RawAsync);
        sim.MapPost("/statuses", Status);
        sim.MapPost("/reset", Reset);
        sim.MapPut("/numbers/{phoneNumberId}/keys", Keys);
    }

    /// <param name="JumpSeconds">Added to the simulator's time, on top of earlier jumps; 0 with <paramref name="Reset"/> goes back to real time.</param>
    /// <param name="Factor">Compression of the callback retry schedule.</param>
    public sealed record ClockRequest(double? JumpSeconds, double? Factor, bool? Reset);

    public sealed record LatencyRequest(int? ResponseMs, int? ResponseMinMs, int? ResponseMaxMs, int? SentAfterMs, int? DeliveredAfterMs, int? ReadAfterMs, double? ReadShare, bool? Statuses);

    /// <param name="Status">sent, delivered, read, played or failed.</param>
    /// <param name="Code">For failed.</param>
    public sealed record StatusRequest(string Customer, string MessageId, string Status, int? Code);

    /// <param name="Keys">The keys that the number accepts from now on; empty: the general one.</param>
    public sealed record KeysRequest(IReadOnlyList<string> Keys);

    private static IResult Keys(string phoneNumberId, KeysRequest body, NumberBook numbers)
    {
        if (numbers.Find(phoneNumberId) is not { } number)
        {
            return Results.Problem("No such number.", statusCode: 404);
        }

        number.Keys = body.Keys;
        return Results.NoContent();
    }

    private static object State(SimClock clock, NumberBook numbers, IOptions<SimulatorOptions> options, Scheduler scheduler, FaultBoard faults) => new
    {
        now = clock.Now,
        jumpSeconds = clock.Jump.TotalSeconds,
        factor = clock.Factor,
        waiting = scheduler.Count,
        faultsArmed = faults.AnyArmed,
        dashboardUrl = options.Value.DashboardUrl.Length > 0 ? options.Value.DashboardUrl : new Uri(options.Value.WebhookUrl).GetLeftPart(UriPartial.Authority),
        numbers = numbers.All.Select(static one => new { one.PhoneNumberId, one.DisplayPhoneNumber, one.WabaId, one.Name, webhookUrl = one.Target.Url }),
        latency = Latency(new(null, null, null, null, null, null, null, null), options.Value),
    };

    private static object Latency(LatencyRequest body, SimulatorOptions settings)
    {
        settings.ResponseMinMs = Math.Max(0, body.ResponseMs ?? body.ResponseMinMs ?? settings.ResponseMinMs);
        settings.ResponseMaxMs = Math.Max(settings.ResponseMinMs, body.ResponseMs ?? body.ResponseMaxMs ?? settings.ResponseMaxMs);
        settings.SentAfterMs = Math.Max(0, body.SentAfterMs ?? settings.SentAfterMs);
        settings.DeliveredAfterMs = Math.Max(0, body.DeliveredAfterMs ?? settings.DeliveredAfterMs);
        settings.ReadAfterMs = Math.Max(0, body.ReadAfterMs ?? settings.ReadAfterMs);
        settings.ReadShare = Math.Clamp(body.ReadShare ?? settings.ReadShare, 0, 1);
        settings.Statuses = body.Statuses ?? settings.Statuses;
        return new
        {
            settings.ResponseMinMs,
            settings.ResponseMaxMs,
            settings.SentAfterMs,
            settings.DeliveredAfterMs,
            settings.ReadAfterMs,
            settings.ReadShare,
            settings.Statuses,
        };
    }

    private static object SetClock(ClockRequest body, SimClock clock, LiveHub live)
    {
        clock.Jump = (body.Reset == true ? TimeSpan.Zero : clock.Jump) + TimeSpan.FromSeconds(body.JumpSeconds ?? 0);
        clock.Factor = body.Reset == true && body.Factor is null ? clock.Factor : Math.Clamp(body.Factor ?? clock.Factor, 0.001, 1_000_000_000);
        live.Publish("clock", new { now = clock.Now });
        return new { now = clock.Now, jumpSeconds = clock.Jump.TotalSeconds, factor = clock.Factor };
    }

    /// <summary>Posts the body as a callback and waits for the first answer. <c>?escape=true</c> applies Meta's spelling; <c>?sign=good|bad|none</c>; <c>?repeat=true</c> repeats it until 200.</summary>
    private static async Task<IResult> RawAsync(
        HttpRequest request, string? number, string? sign, bool? escape, bool? repeat, string? customer, NumberBook numbers, WebhookSender sender, CancellationToken cancellationToken)
    {
        if (numbers.Find(number) is not { } to)
        {
            return Results.Problem("No such number.", statusCode: 404);
        }

        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, cancellationToken);
        var body = escape == true ? JsonEscape.Meta(buffer.ToArray()) : buffer.ToArray();
        var answered = new TaskCompletionSource<(int Status, byte[] Answer)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var delivery = new Delivery
        {
            Target = to.Target,
            Body = body,
            Signature = sender.Sign(to, body),
            Unsigned = sign == "none",
            Items = [],
            Summary = "raw",
            Customer = customer ?? Guid.NewGuid().ToString(),
            Forged = sign == "bad",
            Repeats = repeat == true,
            Answered = (status, answer) => answered.TrySetResult((status, answer)),
        };
        sender.Send(delivery);
        var (got, text) = await answered.Task.WaitAsync(cancellationToken);
        return Results.Ok(new { status = got, answer = Encoding.UTF8.GetString(text), bytes = body.Length, rightSignature = delivery.Signature });
    }

    private static IResult Status(StatusRequest body, string? number, NumberBook numbers, CustomerBook book, StatusSender statuses)
    {
        if (numbers.Find(number) is not { } to || book.Find(body.Customer) is not { } customer)
        {
            return Results.Problem("No such customer or number.", statusCode: 404);
        }

        statuses.Report(new AcceptedMessage(book.Thread(customer, to), body.MessageId, "text", null, null), body.Status, body.Code);
        return Results.Accepted();
    }

    private static IResult Reset(
        bool? keepCustomers, CustomerBook book, MediaStore media, WireLog log, Counters counters, FaultBoard faults, SimClock clock, Scheduler scheduler, WebhookSender sender,
        LoadGenerator load, LiveHub live)
    {
        load.Clear();
        scheduler.Clear();
        sender.Clear();
        faults.AllOff(forget: true);
        clock.Jump = TimeSpan.Zero;
        if (keepCustomers != true)
        {
            book.Clear();
            media.Clear();
        }

        log.Clear();
        counters.Clear();
        live.Publish("reread", new { });
        return Results.NoContent();
    }
}
