using System.Buffers;
using System.Globalization;
using System.Text.Json;
using AiBotKit.PinnacleSimulator.Clock;
using AiBotKit.PinnacleSimulator.Customers;
using AiBotKit.PinnacleSimulator.Faults;
using AiBotKit.PinnacleSimulator.Live;
using AiBotKit.PinnacleSimulator.Webhooks;
using Microsoft.Extensions.Options;

namespace AiBotKit.PinnacleSimulator.Messages;

/// <summary>Tells the product what became of an accepted message: sent, delivered, read, or failed.</summary>
internal sealed class StatusSender(
    IOptions<SimulatorOptions> options, WebhookIntake intake, Scheduler scheduler, SimClock clock, FaultBoard faults, Dice dice, LiveHub live)
{
    private static readonly Dictionary<int, string> Titles = new()
    {
        [131047] = "Re-engagement message",
        [131026] = "Message undeliverable",
    };

    private readonly SimulatorOptions settings = options.Value;

    /// <summary>Starts the chain of statuses of an accepted message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="sentIsReported">True: <c>sent</c> went out already, before the answer.</param>
    public void Begin(AcceptedMessage message, bool sentIsReported = false)
    {
        if (message.FailsWith is { } code)
        {
            After(settings.SentAfterMs, () => Report(message, "failed", code));
            return;
        }

        After(settings.SentAfterMs, () =>
        {
            if (!sentIsReported)
            {
                Report(message, "sent");
            }

            if (message.Type == "reaction")
            {
                return;
            }

            After(settings.DeliveredAfterMs, () =>
            {
                Report(message, "delivered");
                if (dice.Roll(settings.ReadShare) && !faults.Fires(Fault.NotRead, message.Thread.Customer.Key))
                {
                    After(settings.ReadAfterMs, () => Report(message, "read"));
                }
            });
        });
    }

    /// <summary>Sends one status now.</summary>
    public void Report(AcceptedMessage message, string status, int? code = null)
    {
        var thread = message.Thread;
        var shown = thread.Change(message.Id, one =>
        {
            one.Status = status == "played" ? "read" : status;
            one.Error = code;
        });
        if (shown is not null)
        {
            live.Publish("message", new { customer = thread.Customer.Key, number = thread.Number.PhoneNumberId, message = thread.View(shown) });
        }

        if (!settings.Statuses)
        {
            return;
        }

        var customer = thread.Customer;
        var opaque = message.Opaque is not null && !faults.Fires(Fault.OpaqueOff, customer.Key) ? message.Opaque : null;
        intake.Post(new WebhookItem
        {
            Number = thread.Number,
            Array = "statuses",
            Customer = customer.Key,
            Contact = customer.UserId is not null && status != "failed" ? customer.Contact : null,
            Json = Write(message.Id, customer, status, clock.Now, code, opaque),
            Id = message.Id,
            Summary = "status · " + status,
        });
    }

    private static byte[] Write(string id, Customer customer, string status, DateTimeOffset at, int? code, string? opaque)
    {
        var buffer = new ArrayBufferWriter<byte>(384);
        using (var json = new Utf8JsonWriter(buffer, WireJson.Writer))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            json.WriteString("status"u8, status);
            json.WriteString("timestamp"u8, at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
            if (customer.Phone is not null)
            {
                json.WriteString("recipient_id"u8, customer.Phone);
            }

            if (customer.UserId is not null)
            {
                json.WriteString("recipient_user_id"u8, customer.UserId);
            }

            if (status is "sent" or "delivered")
            {
                json.WriteStartObject("pricing"u8);
                json.WriteBoolean("billable"u8, false);
                json.WriteString("pricing_model"u8, "PMP"u8);
                json.WriteString("category"u8, "service"u8);
                json.WriteString("type"u8, "free_customer_service"u8);
                json.WriteEndObject();
            }

            if (code is { } error)
            {
                WriteError(json, error);
            }

            if (opaque is not null)
            {
                json.WriteString("biz_opaque_callback_data"u8, opaque);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteError(Utf8JsonWriter json, int code)
    {
        var title = Titles.GetValueOrDefault(code, "Something went wrong");
        json.WriteStartArray("errors"u8);
        json.WriteStartObject();
        json.WriteNumber("code"u8, code);
        json.WriteString("title"u8, title);
        json.WriteString("message"u8, title);
        json.WriteStartObject("error_data"u8);
        json.WriteString("details"u8, code == 131047 ? ApiErrors.OutsideWindow : "Message Undeliverable.");
        json.WriteEndObject();
        json.WriteString("href"u8, "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"u8);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private void After(int milliseconds, Action action) => scheduler.After(TimeSpan.FromMilliseconds(milliseconds), action);
}

/// <summary>A message that the API took.</summary>
/// <param name="FailsWith">Code of the failed status that will follow; null when it will be delivered.</param>
internal sealed record AcceptedMessage(CustomerThread Thread, string Id, string Type, string? Opaque, int? FailsWith);
