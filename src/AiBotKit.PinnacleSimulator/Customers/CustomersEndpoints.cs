using System.Text.Json;
using AiBotKit.PinnacleSimulator.Clock;
using AiBotKit.PinnacleSimulator.Live;
using AiBotKit.PinnacleSimulator.Numbers;

namespace AiBotKit.PinnacleSimulator.Customers;

/// <summary>The control calls that act as a customer.</summary>
internal static class CustomersEndpoints
{
    private const int LongestWaitMs = 120_000;

    public static IServiceCollection AddCustomers(this IServiceCollection services) => services
        .AddSingleton<CustomerBook>()
        .AddSingleton<SendAsCustomer>()
        .AddSingleton<CustomerEvents>();

    public static void MapCustomers(this IEndpointRouteBuilder app)
    {
        var customers = app.MapGroup("/sim/customers");
        customers.MapGet("", List);
        customers.MapPost("", Add);
        customers.MapPost("/{key}/messages", Send);
        customers.MapGet("/{key}/messages", ReadAsync);
        customers.MapPost("/{key}/echo", (string key, EchoRequest body, string? number, NumberBook numbers, CustomerBook book, CustomerEvents events) =>
            With(key, number, numbers, book, (one, to) => Results.Ok(events.Echo(one, to, body.Text, body.Timestamp))));
        customers.MapPost("/{key}/call", (string key, string? number, NumberBook numbers, CustomerBook book, CustomerEvents events) =>
            With(key, number, numbers, book, (one, to) => Results.Ok(events.Call(one, to))));
        customers.MapPost("/{key}/change-number", (string key, ChangeRequest body, string? number, NumberBook numbers, CustomerBook book, CustomerEvents events) =>
            With(key, number, numbers, book, (one, to) => Results.Ok(events.Change(one, to, body.Phone, body.UserId))));
        customers.MapPost("/{key}/block", (string key, BlockRequest body, string? number, NumberBook numbers, CustomerBook book) =>
            With(key, number, numbers, book, (one, _) =>
            {
                one.Blocked = body.Blocked;
                return Results.Ok(new { one.Key, one.Blocked });
            }));
    }

    /// <summary>A message as a customer sends it. Only the members of its type are used.</summary>
    public sealed record SendRequest(
        string Type = "text", string? Text = null, string? Caption = null, string? MediaId = null, string? Filename = null, bool? Voice = null,
        double? Latitude = null, double? Longitude = null, string? Name = null, string? Address = null, string? Phone = null,
        string? MessageId = null, string? Emoji = null, string? ButtonId = null, string? Title = null, string? Description = null,
        string? ReplyTo = null, bool? Forwarded = null, bool? FromAd = null, string? Id = null, long? Timestamp = null, double? AgeSeconds = null, JsonElement? Content = null);

    public sealed record AddRequest(string? Phone, string? UserId, string? Username, string? Name, string? Note);

    public sealed record EchoRequest(string Text, long? Timestamp);

    public sealed record ChangeRequest(string? Phone, string? UserId);

    public sealed record BlockRequest(bool Blocked);

    private static IResult List(string? number, NumberBook numbers, CustomerBook book, SimClock clock)
    {
        if (numbers.Find(number) is not { } to)
        {
            return Results.NotFound();
        }

        return Results.Ok(new
        {
            number = to.PhoneNumberId,
            customers = book.Listed.Select(one =>
            {
                var thread = book.Thread(one, to);
                return new
                {
                    one.Key,
                    one.Phone,
                    one.UserId,
                    one.Username,
                    one.Name,
                    one.Note,
                    one.Blocked,
                    thread.LastInboundAt,
                    windowClosesAt = thread.LastInboundAt?.AddHours(24),
                    cursor = thread.LastSeq,
                    thread.Last,
                    typingForMs = Math.Max(0, (thread.TypingUntil - clock.Now).TotalMilliseconds),
                };
            }),
        });
    }

    private static IResult Add(AddRequest body, CustomerBook book, LiveHub live)
    {
        var phone = body.Phone is null ? null : string.Concat(body.Phone.Where(char.IsAsciiDigit));
        if (string.IsNullOrEmpty(phone) && (body.UserId is null || !CustomerBook.IsUserId(body.UserId)))
        {
            return Results.Problem("A customer needs a phone (digits) or a userId such as US.1349.", statusCode: 400);
        }

        var username = string.IsNullOrEmpty(body.Username) ? null : body.Username.StartsWith('@') ? body.Username : "@" + body.Username;
        var added = book.Add(new Customer { Phone = string.IsNullOrEmpty(phone) ? null : phone, UserId = body.UserId, Username = username, Name = body.Name, Note = body.Note });
        live.Publish("customers", new { added.Key });
        return Results.Ok(new { added.Key, added.Phone, added.UserId, added.Username, added.Name, added.Note });
    }

    private static IResult Send(string key, SendRequest body, string? number, NumberBook numbers, CustomerBook book, SendAsCustomer send, LiveHub live, HttpRequest request)
    {
        if (numbers.Find(number) is not { } to)
        {
            return Results.Problem("No such number.", statusCode: 404);
        }

        var known = book.Find(key);
        if (known is null && (key.Any(static c => !char.IsAsciiDigit(c) && c != '+') || key.Length < 7) && !CustomerBook.IsUserId(key))
        {
            return Results.Problem("A customer is named by digits or a user id.", statusCode: 400);
        }

        var customer = known ?? book.GetOrAdd(key);
        if (known is null)
        {
            live.Publish("customers", new { customer.Key });
        }

        return send.Run(customer, to, body, request) is { } sent
            ? Results.Ok(sent)
            : Results.Problem($"Unknown type '{body.Type}'; send its wire object as content.", statusCode: 400);
    }

    /// <summary>Messages after a cursor; waits up to <c>waitMs</c> until there are <c>count</c> of them.</summary>
    private static async Task<IResult> ReadAsync(
        string key, string? number, long? after, string? from, int? waitMs, int? count, int? limit,
        NumberBook numbers, CustomerBook book, TimeProvider time, CancellationToken cancellationToken)
    {
        if (numbers.Find(number) is not { } to || book.Find(key) is not { } customer)
        {
            return Results.Problem("No such customer or number.", statusCode: 404);
        }

        var thread = book.Thread(customer, to);
        var wanted = Math.Max(1, count ?? 1);
        var take = Math.Clamp(limit ?? 200, 1, 500);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromMilliseconds(Math.Clamp(waitMs ?? 0, 0, LongestWaitMs)));
        while (true)
        {
            // Asked for before reading: a message that arrives in between still wakes this call.
            var next = thread.NextAsync();
            var found = thread.After(after ?? 0, from, take);
            if (found.Count >= wanted || (waitMs ?? 0) <= 0 || patience.IsCancellationRequested)
            {
                return Results.Ok(new { cursor = found.Count > 0 ? found[^1].Seq : after ?? 0, messages = found });
            }

            try
            {
                await next.WaitAsync(Timeout.InfiniteTimeSpan, time, patience.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Time is up: answer with what there is.
            }
        }
    }

    private static IResult With(string key, string? number, NumberBook numbers, CustomerBook book, Func<Customer, BusinessNumber, IResult> act) =>
        numbers.Find(number) is { } to && book.Find(key) is { } customer ? act(customer, to) : Results.Problem("No such customer or number.", statusCode: 404);
}
