using System.Globalization;
using System.Text.Json.Nodes;
using AiBotKit.PinnacleSimulator.Clock;
using AiBotKit.PinnacleSimulator.Live;
using AiBotKit.PinnacleSimulator.Media;
using AiBotKit.PinnacleSimulator.Messages;
using AiBotKit.PinnacleSimulator.Numbers;
using AiBotKit.PinnacleSimulator.Webhooks;
using AiBotKit.PinnacleSimulator.Wire;

namespace AiBotKit.PinnacleSimulator.Customers;

/// <summary>A customer says something: it appears on the phone and goes out as a callback.</summary>
internal sealed class SendAsCustomer(CustomerBook book, MediaStore media, SampleMedia samples, WebhookIntake intake, SimClock clock, LiveHub live, Counters counters)
{
    private readonly Counters counters = counters;

    public SentMessage? Run(Customer customer, BusinessNumber number, CustomersEndpoints.SendRequest ask, HttpRequest request)
    {
        var built = CustomerContent.Build(ask, type => ask.MediaId is { } id && media.Find(id) is { } file ? file : samples.Of(type, media), file => MediaEndpoints.Url(request, file, clock));
        if (built is not var (type, content, text))
        {
            return null;
        }

        var thread = book.Thread(customer, number);
        var at = ask.Timestamp is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : clock.Now.AddSeconds(-(ask.AgeSeconds ?? 0));
        var id = ask.Id ?? Wamid.Inbound(customer.Phone);
        var message = Frame(customer, id, at, type);
        if (content is not null)
        {
            message[type] = content;
        }

        Extend(message, thread, ask, type);
        if (type is not ("edit" or "revoke"))
        {
            // Wire facts section 8: the message's own time opens the window, and an old one never shortens it.
            thread.LastInboundAt = thread.LastInboundAt is { } last && last > at ? last : at;
        }

        var shown = Show(thread, ask, id, type, at, text, content);
        counters.CustomerMessage();
        intake.Post(new WebhookItem
        {
            Number = number,
            Array = "messages",
            Customer = customer.Key,
            Contact = customer.Contact,
            Json = WireJson.Bytes(message),
            Id = id,
            Summary = "callback · " + ask.Type,
            Watcher = new Ticks(this, thread, id),
        });
        return new SentMessage(id, shown?.Seq ?? 0, customer.Key, at);
    }

    /// <summary>The members that every message carries.</summary>
    public static JsonObject Frame(Customer customer, string id, DateTimeOffset at, string type)
    {
        var message = new JsonObject();
        if (customer.Phone is not null)
        {
            message["from"] = customer.Phone;
        }

        if (customer.UserId is not null)
        {
            message["from_user_id"] = customer.UserId;
        }

        message["id"] = id;
        message["timestamp"] = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        message["type"] = type;
        return message;
    }

    private static void Extend(JsonObject message, CustomerThread thread, CustomersEndpoints.SendRequest ask, string type)
    {
        var target = ask.ReplyTo ?? (type is "interactive" or "button" ? ask.MessageId : null);
        if (target is not null)
        {
            var own = thread.Change(target, static _ => { })?.From == "customer";
            message["context"] = new JsonObject { ["from"] = own ? thread.Customer.Key : thread.Number.DisplayPhoneNumber, ["id"] = target };
        }
        else if (ask.Forwarded == true)
        {
            message["context"] = new JsonObject { ["forwarded"] = true };
        }

        if (ask.FromAd == true)
        {
            message["referral"] = new JsonObject
            {
                ["source_url"] = "https://fb.me/inventedAd1",
                ["source_id"] = "120200000000000001",
                ["source_type"] = "ad",
                ["body"] = "Summer sale is on",
                ["headline"] = "Chat with us",
                ["media_type"] = "image",
                ["image_url"] = "https://cdn.example/ad.jpg",
                ["ctwa_clid"] = "Aff-invented-click-id-0123456789",
                ["welcome_message"] = new JsonObject { ["text"] = "Hi there! How can we help?" },
            };
        }

        if (type == "unsupported")
        {
            message["errors"] = new JsonArray(new JsonObject
            {
                ["code"] = 131051,
                ["title"] = "Message type unknown",
                ["message"] = "Message type unknown",
                ["error_data"] = new JsonObject { ["details"] = "Message type is currently not supported." },
            });
        }
    }

    private ThreadMessage? Show(CustomerThread thread, CustomersEndpoints.SendRequest ask, string id, string type, DateTimeOffset at, string? text, JsonNode? content)
    {
        var changed = type switch
        {
            "reaction" => thread.Change(ask.MessageId ?? "", one => one.CustomerReaction = string.IsNullOrEmpty(ask.Emoji) ? null : ask.Emoji),
            "edit" => thread.Change(ask.MessageId ?? "", one => (one.Text, one.Edited) = (ask.Text, true)),
            "revoke" => thread.Change(ask.MessageId ?? "", static one => one.Revoked = true),
            _ => null,
        };
        if (changed is not null)
        {
            Publish(thread, changed);
        }

        if (thread.Customer.Light)
        {
            return null;
        }

        var shown = thread.Append(new ThreadMessage
        {
            Id = id,
            From = "customer",
            Type = type,
            At = at,
            Text = text,
            Content = content is null ? null : WireJson.Element(content),
            QuotedId = ask.ReplyTo,
        });
        Publish(thread, shown);
        return shown;
    }

    private void Publish(CustomerThread thread, ThreadMessage message) =>
        live.Publish("message", new { customer = thread.Customer.Key, number = thread.Number.PhoneNumberId, message = thread.View(message) });

    /// <summary>Two ticks when the product has taken the message.</summary>
    private sealed class Ticks(SendAsCustomer owner, CustomerThread thread, string id) : IDeliveryWatcher
    {
        private int stored;

        public void Delivered(int tag, int status, TimeSpan elapsed)
        {
            if (status == 200 && Interlocked.Exchange(ref stored, 1) == 0)
            {
                owner.counters.CustomerMessageStored();
            }

            var changed = thread.Change(id, one => one.Status = status == 200 && one.Status != "read" ? "delivered" : one.Status == "sending" ? "sent" : one.Status);
            if (changed is not null)
            {
                owner.Publish(thread, changed);
            }
        }
    }
}

/// <param name="Seq">Place in the customer's chat; use it as <c>after</c> when waiting for the answer.</param>
internal sealed record SentMessage(string Id, long Seq, string Customer, DateTimeOffset At);
