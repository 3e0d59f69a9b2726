using System.Text.Json;
using AiBotKit.PinnacleSimulator.Clock;
using AiBotKit.PinnacleSimulator.Customers;
using AiBotKit.PinnacleSimulator.Live;
using AiBotKit.PinnacleSimulator.Numbers;
using AiBotKit.PinnacleSimulator.Wire;

namespace AiBotKit.PinnacleSimulator.Messages;

/// <summary>The provider's one call for messages: send, mark as read, typing.</summary>
internal static class MessagesEndpoints
{
    /// <summary>Typing disappears after this time, or with the next message (wire facts section 6).</summary>
    private static readonly TimeSpan TypingLength = TimeSpan.FromSeconds(25);

    public static IServiceCollection AddMessages(this IServiceCollection services) => services
        .AddSingleton<StatusSender>()
        .AddSingleton<SendMessage>();

    public static void MapMessages(this IEndpointRouteBuilder app) => app
        .MapPost("/{version:regex(^v[0-9.]+$)}/{phoneNumberId}/messages", PostAsync)
        .AddEndpointFilter<ApiGate>();

    private static async Task PostAsync(
        HttpContext http, string phoneNumberId, NumberBook numbers, SendMessage send, CustomerBook book, SimClock clock, LiveHub live, Counters counters)
    {
        using var body = await ApiGate.JsonAsync(http);
        if (await ApiGate.NumberAsync(http, numbers, phoneNumberId) is not { } number)
        {
            return;
        }

        if (body is null || body.RootElement.ValueKind != JsonValueKind.Object)
        {
            await http.ErrorAsync(ApiErrors.Bad("Invalid parameter: the body is not a JSON object."));
        }
        else if (body.RootElement.Text("messaging_product") != "whatsapp")
        {
            await http.ErrorAsync(ApiErrors.Bad("The parameter messaging_product is required."));
        }
        else if (body.RootElement.Text("status") == "read")
        {
            await ReadAsync(http, number, body.RootElement, book, clock, live, counters);
        }
        else
        {
            await send.RunAsync(http, number, body.RootElement);
        }
    }

    private static async Task ReadAsync(
        HttpContext http, BusinessNumber number, JsonElement body, CustomerBook book, SimClock clock, LiveHub live, Counters counters)
    {
        var typing = body.Object("typing_indicator") is not null;
        if (http.Entry() is { } entry)
        {
            entry.Kind = typing ? "typing" : "read";
            entry.Summary = typing ? "typing, mark read" : "mark read";
        }

        if (body.Text("message_id") is not { Length: > 0 } id)
        {
            await http.ErrorAsync(ApiErrors.Missing("message_id"));
            return;
        }

        counters.MarkRead();
        if (typing)
        {
            counters.Typing();
        }

        if (book.Owner(id, number) is { } thread)
        {
            foreach (var read in thread.MarkRead(id))
            {
                live.Publish("message", new { customer = thread.Customer.Key, number = number.PhoneNumberId, message = thread.View(read) });
            }

            if (typing)
            {
                thread.TypingUntil = clock.Now + TypingLength;
                live.Publish("typing", new { customer = thread.Customer.Key, number = number.PhoneNumberId, forMs = TypingLength.TotalMilliseconds });
            }
        }

        await http.JsonAsync(200, """{"success":true}"""u8.ToArray());
    }
}
