using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiBotKit.PinnacleSimulator.Clock;
using AiBotKit.PinnacleSimulator.Customers;
using AiBotKit.PinnacleSimulator.Faults;
using AiBotKit.PinnacleSimulator.Live;
using AiBotKit.PinnacleSimulator.Load;
using AiBotKit.PinnacleSimulator.Numbers;
using AiBotKit.PinnacleSimulator.Templates;
using AiBotKit.PinnacleSimulator.Wire;
using Microsoft.Extensions.Options;

namespace AiBotKit.PinnacleSimulator.Messages;

/// <summary><c>POST /v3/{phone_number_id}/messages</c>: checks, limits, faults, then acceptance and statuses (wire facts 11.1 to 11.4).</summary>
internal sealed class SendMessage(
    IOptions<SimulatorOptions> options, CustomerBook book, SimClock clock, Dice dice, FaultBoard faults, StatusSender statuses,
    LoadGenerator load, TemplateBook templates, LiveHub live, Counters counters, TimeProvider time)
{
    private static readonly TimeSpan WindowLength = TimeSpan.FromHours(24);
    private readonly SimulatorOptions settings = options.Value;

    public async Task RunAsync(HttpContext http, BusinessNumber number, JsonElement body)
    {
        counters.SendReceived();
        var entry = http.Entry();
        var type = body.Text("type") is { Length: > 0 } named ? named : "text";
        if (entry is not null)
        {
            entry.Kind = "messages";
            entry.Summary = Describe(body, type);
        }

        var (recipient, wrong) = Examine(body, type, number);
        if (recipient is null || wrong is not null)
        {
            await RefuseAsync(http, wrong!);
            return;
        }

        var customer = recipient.Dropped ? null : book.GetOrAdd(recipient.Key);
        if (entry is not null)
        {
            entry.Customer = customer?.Key ?? recipient.Input;
        }

        if (customer is not null && faults.AnyArmed && await FaultedAsync(http, customer.Key))
        {
            return;
        }

        var thread = customer is null ? null : book.Thread(customer, number);
        if (Limit(number, thread) is { } limited)
        {
            await RefuseAsync(http, limited);
            return;
        }

        var failsWith = thread is null ? null : FailsLater(thread, type);
        if (failsWith == 131047 && settings.WindowError.Equals("Sync", StringComparison.OrdinalIgnoreCase))
        {
            await RefuseAsync(http, ApiErrors.Window);
            return;
        }

        await AcceptAsync(http, recipient, thread, body, type, failsWith);
    }

    private (Recipient? Recipient, ApiError? Error) Examine(JsonElement body, string type, BusinessNumber number)
    {
        var (recipient, error) = Recipient.Read(body, number);
        return (recipient, error ?? SendRules.Check(body, type) ?? (type == "template" && body.Object("template") is { } send ? TemplateRules.Check(Stored(send), send) : null));
    }

    private StoredTemplate? Stored(JsonElement send) => templates.Find(send.Text("name") ?? "", send.Object("language")?.Text("code") ?? "");

    private ApiError? Limit(BusinessNumber number, CustomerThread? thread)
    {
        var now = clock.Now;
        return !number.Throughput.TryTake(now) ? ApiErrors.Throughput(settings.ThrottleStatus)
            : thread is not null && !thread.Pair.TryTake(now) ? ApiErrors.Pair(settings.ThrottleStatus) : null;
    }

    private int? FailsLater(CustomerThread thread, string type)
    {
        var key = thread.Customer.Key;
        var open = thread.LastInboundAt is { } last && clock.Now < last + WindowLength;
        return type != "template" && (!open || faults.Fires(Fault.Window, key)) ? 131047
            : thread.Customer.Blocked || faults.Fires(Fault.Undeliverable, key) ? 131026 : null;
    }

    /// <summary>Faults that refuse a send, or break it before anything is accepted.</summary>
    private async Task<bool> FaultedAsync(HttpContext http, string key)
    {
        foreach (var (name, error) in new[]
        {
            (Fault.WindowSync, ApiErrors.Window), (Fault.UndeliverableSync, ApiErrors.Undeliverable), (Fault.Unknown, ApiErrors.Unknown), (Fault.Down, ApiErrors.Down),
            (Fault.Pair, ApiErrors.Pair(settings.ThrottleStatus)), (Fault.Throughput, ApiErrors.Throughput(settings.ThrottleStatus)),
        })
        {
            if (Fires(http, name, key))
            {
                await RefuseAsync(http, error);
                return true;
            }
        }

        if (Fires(http, Fault.Reset, key))
        {
            Count(Fault.Reset);
            http.Abort();
        }
        else if (Fires(http, Fault.Http500, key))
        {
            Count(Fault.Http500);
            await http.JsonAsync(500, [], "text/plain");
        }
        else if (Fires(http, Fault.Http502, key))
        {
            Count(Fault.Http502);
            await http.JsonAsync(502, "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>\r\n"u8.ToArray(), "text/html");
        }
        else if (Fires(http, Fault.AuthRefused, key))
        {
            Count(Fault.AuthRefused);
            await http.FlatAsync(401, 401, "Authentication Failed");
        }
        else if (Fires(http, Fault.AuthFlat200, key))
        {
            Count(Fault.AuthFlat200);
            await http.JsonAsync(200, """{"code":"401","status":"Failed","message":"Invalid apikey"}"""u8.ToArray());
        }
        else if (Fires(http, Fault.TooManyFlat, key))
        {
            Count(Fault.TooManyFlat);
            http.Response.Headers.RetryAfter = Seconds(Fault.TooManyFlat);
            await http.FlatAsync(429, 429, "Too many requests");
        }
        else if (Fires(http, Fault.UnavailableRetry, key))
        {
            Count(Fault.UnavailableRetry);
            http.Response.Headers.RetryAfter = Seconds(Fault.UnavailableRetry);
            await http.FlatAsync(503, 503, "Service unavailable");
        }
        else
        {
            return false;
        }

        return true;

        void Count(string name) => counters.SendRefused(name);
    }

    private string Seconds(string fault) => ((int)faults[fault].Value).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private async Task AcceptAsync(HttpContext http, Recipient recipient, CustomerThread? thread, JsonElement body, string type, int? failsWith)
    {
        var id = Wamid.Outbound(recipient.ByUserId ? null : recipient.Key);
        var opaque = body.Text("biz_opaque_callback_data");
        counters.SendAccepted(opaque);
        if (http.Entry() is { } entry)
        {
            entry.Ids = [id];
        }

        AcceptedMessage? accepted = null;
        if (thread is not null)
        {
            accepted = new AcceptedMessage(thread, id, type, opaque, failsWith);
            Show(accepted, body, type);
        }

        var key = thread?.Customer.Key ?? "";
        var early = accepted is not null && Fires(http, Fault.StatusFirst, key);
        if (early)
        {
            statuses.Report(accepted!, failsWith is null ? "sent" : "failed", failsWith);
            accepted = failsWith is null ? accepted : null;
        }

        var wait = dice.Between(settings.ResponseMinMs, settings.ResponseMaxMs) + (early ? (int)faults[Fault.StatusFirst].Value : 0);
        wait += Fires(http, Fault.Slow, key) ? (int)faults[Fault.Slow].Value : 0;
        var hangs = Fires(http, Fault.AcceptThenTimeout, key);
        if (hangs || Fires(http, Fault.AcceptThenReset, key))
        {
            Begin(accepted, early);
            await WaitAsync(http, hangs ? (int)faults[Fault.AcceptThenTimeout].Value : wait);
            http.Abort();
            return;
        }

        try
        {
            await WaitAsync(http, wait);
            await http.JsonAsync(200, Answer(recipient, thread, id, type));
        }
        finally
        {
            // The message is on its way even when the caller did not wait for the answer.
            Begin(accepted, early);
        }
    }

    private void Begin(AcceptedMessage? accepted, bool sentIsReported)
    {
        if (accepted is not null)
        {
            statuses.Begin(accepted, sentIsReported);
        }
    }

    private async Task WaitAsync(HttpContext http, int milliseconds)
    {
        if (milliseconds > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), time, http.RequestAborted);
        }
    }

    private void Show(AcceptedMessage accepted, JsonElement body, string type)
    {
        var thread = accepted.Thread;
        thread.TypingUntil = DateTimeOffset.UnixEpoch;
        if (thread.Customer.Light)
        {
            load.Answered(thread.Customer, Said(body, type), body.Object("context")?.Text("message_id"));
            return;
        }

        if (type == "reaction" && body.Object("reaction") is { } reaction)
        {
            var emoji = reaction.Text("emoji");
            var target = thread.Change(reaction.Text("message_id")!, one => one.BusinessReaction = string.IsNullOrEmpty(emoji) ? null : emoji);
            if (target is not null)
            {
                Publish(thread, target);
            }
        }

        var content = body.TryGetProperty(type, out var value) ? value.Clone() : default(JsonElement?);
        if (type == "template" && content is { } send && Stored(send) is { } template)
        {
            // Kept beside what was sent: the phone shows the text, not the name of it.
            var shownAs = JsonNode.Parse(send.GetRawText())!.AsObject();
            shownAs["rendered"] = TemplateRules.Picture(template, send);
            content = WireJson.Element(shownAs);
        }

        var shown = thread.Append(new ThreadMessage
        {
            Id = accepted.Id,
            From = "business",
            Type = type,
            At = clock.Now,
            Text = Said(body, type),
            Content = content,
            QuotedId = body.Object("context")?.Text("message_id"),
            Opaque = accepted.Opaque,
            Status = "accepted",
        });
        Publish(thread, shown);
    }

    private void Publish(CustomerThread thread, ThreadMessage message) =>
        live.Publish("message", new { customer = thread.Customer.Key, number = thread.Number.PhoneNumberId, message = thread.View(message) });

    private string? Said(JsonElement body, string type) =>
        type == "template" && body.Object("template") is { } send && Stored(send) is { } template ? TemplateRules.Body(template, send) : Text(body, type);

    private static string? Text(JsonElement body, string type) => type switch
    {
        "text" => body.Object("text")?.Text("body"),
        "interactive" => body.Object("interactive")?.Object("body")?.Text("text"),
        "template" => body.Object("template")?.Text("name"),
        "reaction" => body.Object("reaction")?.Text("emoji"),
        _ => body.Object(type)?.Text("caption"),
    };

    private static string Describe(JsonElement body, string type) => type switch
    {
        "text" => $"text, {body.Object("text")?.Text("body")?.Length ?? 0} chars",
        "interactive" => "interactive, " + (body.Object("interactive")?.Text("type") ?? "?"),
        _ => type,
    };

    private static byte[] Answer(Recipient recipient, CustomerThread? thread, string id, string type)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, WireJson.Writer))
        {
            json.WriteStartObject();
            json.WriteString("messaging_product"u8, "whatsapp"u8);
            json.WriteStartArray("contacts"u8);
            json.WriteStartObject();
            json.WriteString("input"u8, recipient.Input);
            if (recipient.ByUserId)
            {
                json.WriteString("user_id"u8, recipient.Key);
            }
            else
            {
                json.WriteString("wa_id"u8, thread?.Customer.Phone ?? recipient.Key);
            }

            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteStartArray("messages"u8);
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            if (type == "template")
            {
                json.WriteString("message_status"u8, "accepted"u8);
            }

            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private bool Fires(HttpContext http, string fault, string key)
    {
        if (!faults.Fires(fault, key))
        {
            return false;
        }

        if (http.Entry() is { } entry)
        {
            entry.Fault = fault;
        }

        return true;
    }

    private Task RefuseAsync(HttpContext http, ApiError error)
    {
        counters.SendRefused(error.Code.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return http.ErrorAsync(error);
    }
}
