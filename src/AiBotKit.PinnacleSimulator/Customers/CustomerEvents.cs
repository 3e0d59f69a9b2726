using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AiBotKit.PinnacleSimulator.Clock;
using AiBotKit.PinnacleSimulator.Live;
using AiBotKit.PinnacleSimulator.Messages;
using AiBotKit.PinnacleSimulator.Numbers;
using AiBotKit.PinnacleSimulator.Webhooks;

namespace AiBotKit.PinnacleSimulator.Customers;

/// <summary>What happens around a chat without being a message of the customer: the owner's phone app, calls, a new number.</summary>
internal sealed class CustomerEvents(CustomerBook book, WebhookIntake intake, SimClock clock, LiveHub live)
{
    /// <summary>The owner answers from the phone app (coexistence): an <c>smb_message_echoes</c> callback.</summary>
    public SentMessage Echo(Customer customer, BusinessNumber number, string text, long? timestamp)
    {
        var at = timestamp is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : clock.Now;
        var id = Wamid.Outbound(customer.Phone);
        var content = new JsonObject { ["body"] = text };
        var echo = new JsonObject
        {
            ["from"] = number.DisplayPhoneNumber,
            [customer.Phone is null ? "to_user_id" : "to"] = customer.Key,
            ["id"] = id,
            ["timestamp"] = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["type"] = "text",
            ["text"] = content,
        };
        var thread = book.Thread(customer, number);
        var shown = thread.Append(new ThreadMessage { Id = id, From = "app", Type = "text", At = at, Text = text, Content = WireJson.Element(content), Status = "delivered" });
        live.Publish("message", new { customer = customer.Key, number = number.PhoneNumberId, message = thread.View(shown) });
        Post(number, customer, "smb_message_echoes", "message_echoes", echo, id, "echo · text", contact: false);
        return new SentMessage(id, shown.Seq, customer.Key, at);
    }

    /// <summary>The customer calls; that opens the window too (wire facts section 8).</summary>
    public SentMessage Call(Customer customer, BusinessNumber number)
    {
        var at = clock.Now;
        var id = "wacid.ABGG" + RandomNumberGenerator.GetHexString(16);
        var call = new JsonObject();
        call[customer.Phone is null ? "from_user_id" : "from"] = customer.Key;
        call["id"] = id;
        call["to"] = number.DisplayPhoneNumber;
        call["event"] = "connect";
        call["direction"] = "USER_INITIATED";
        call["timestamp"] = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        call["session"] = new JsonObject { ["sdp_type"] = "offer", ["sdp"] = "v=0\r\no=- 0 0 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n" };
        book.Thread(customer, number).LastInboundAt = at;
        Post(number, customer, "calls", "calls", call, id, "call · connect", contact: true);
        return new SentMessage(id, 0, customer.Key, at);
    }

    /// <summary>The customer changes the number (or, with a user id, gets a new one): a <c>system</c> message without contacts.</summary>
    public SentMessage Change(Customer customer, BusinessNumber number, string? newPhone, string? newUserId)
    {
        var at = clock.Now;
        var id = Wamid.Inbound(customer.Phone);
        var message = SendAsCustomer.Frame(customer, id, at, "system");
        var who = customer.Name ?? customer.Key;
        Customer renewed;
        if (newPhone is not null)
        {
            message["system"] = new JsonObject
            {
                ["body"] = $"User {who} changed from {customer.Phone} to {newPhone}",
                ["wa_id"] = newPhone,
                ["type"] = "user_changed_number",
            };
            renewed = new Customer { Phone = newPhone, UserId = newUserId, Username = customer.Username, Name = customer.Name, Note = "Changed number" };
        }
        else
        {
            var userId = newUserId ?? "US." + Random.Shared.NextInt64(100_000_000_000, 999_999_999_999).ToString(CultureInfo.InvariantCulture);
            message["system"] = new JsonObject
            {
                ["body"] = $"User {who} changed from {customer.UserId} to {userId}",
                ["user_id"] = userId,
                ["type"] = "user_changed_user_id",
            };
            renewed = new Customer { UserId = userId, Username = customer.Username, Name = customer.Name, Note = "Changed user id" };
        }

        renewed = book.Add(renewed);
        live.Publish("customers", new { renewed.Key });
        Post(number, customer, "messages", "messages", message, id, "system", contact: false);
        return new SentMessage(id, 0, renewed.Key, at);
    }

    private void Post(BusinessNumber number, Customer customer, string field, string array, JsonObject json, string id, string summary, bool contact) => intake.Post(new WebhookItem
    {
        Number = number,
        Field = field,
        Array = array,
        Customer = customer.Key,
        Contact = contact ? customer.Contact : null,
        Json = WireJson.Bytes(json),
        Id = id,
        Summary = summary,
    });
}
