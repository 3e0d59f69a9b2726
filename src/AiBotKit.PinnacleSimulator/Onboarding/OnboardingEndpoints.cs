using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AiBotKit.PinnacleSimulator.Messages;
using AiBotKit.PinnacleSimulator.Numbers;
using AiBotKit.PinnacleSimulator.Phone;
using Microsoft.Extensions.Options;

namespace AiBotKit.PinnacleSimulator.Onboarding;

/// <summary>
/// The embedded sign-up: the page that is shown in a frame, and the exchange of its state for ids and key between servers. Pinnacle's own is not public;
/// this is the form of wire facts 1.3.
/// </summary>
internal static class OnboardingEndpoints
{
    public static IServiceCollection AddOnboarding(this IServiceCollection services) => services.AddSingleton<SignupBook>();

    public static void MapOnboarding(this IEndpointRouteBuilder app)
    {
        app.MapGet("/embedded-signup", Page);
        app.MapGet("/embedded-signup/foreign", (HttpContext http, PageFiles files) => Framed(http, files, "foreign.html"));
        app.MapGet("/embedded-signup/numbers", Numbers);
        app.MapPost("/embedded-signup/choose", Choose);
        app.MapPost("/api/onboarding/complete", CompleteAsync).AddEndpointFilter<PartnerGate>();
        app.MapGet("/sim/signup", (SignupBook book) => book.Behaviour);
        app.MapPut("/sim/signup", (SignupBehaviour behaviour, SignupBook book) => behaviour.IsKnown() ? Results.Ok(book.Behaviour = behaviour) : Results.Problem("No such outcome, step or exchange.", statusCode: 400));
        app.MapPut("/sim/numbers/{phoneNumberId}/elsewhere", Elsewhere);
    }

    /// <param name="State">Of the sign-up.</param>
    /// <param name="PhoneNumberId">The number that was picked.</param>
    public sealed record ChooseRequest(string State, string PhoneNumberId);

    /// <param name="Elsewhere">The number is at another provider.</param>
    /// <param name="Obstacles">Meta's codes of what stands in the way of its move, in the order in which they are met.</param>
    public sealed record ElsewhereRequest(bool Elsewhere, IReadOnlyList<int>? Obstacles);

    private static IResult Page(HttpContext http, PageFiles files, SignupBook book, string? state)
    {
        if (state is { Length: > 0 and <= 200 })
        {
            book.Open(state);
        }

        return Framed(http, files, "signup.html");
    }

    private static IResult Framed(HttpContext http, PageFiles files, string name)
    {
        if (files.Find(name) is not { } file)
        {
            return Results.NotFound();
        }

        var headers = http.Response.Headers;

        // Made to be shown in a frame of somebody else's page.
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        return Results.Bytes(file.Bytes, file.ContentType);
    }

    private static object Numbers(NumberBook numbers, SignupBook book) => new
    {
        behaviour = book.Behaviour,
        cancelSteps = SignupBehaviour.CancelSteps,
        exchanges = book.Exchanges,
        numbers = numbers.All.Select(static one => new { one.PhoneNumberId, one.DisplayPhoneNumber, one.WabaId, one.Name, one.Elsewhere, one.Obstacles }),
    };

    private static IResult Choose(ChooseRequest body, NumberBook numbers, SignupBook book) =>
        numbers.Find(body.PhoneNumberId) is not { } number ? Results.Problem("No such number.", statusCode: 404)
        : book.Choose(body.State, number) ? Results.NoContent()
        : Results.Problem("No such sign-up.", statusCode: 404);

    private static IResult Elsewhere(string phoneNumberId, ElsewhereRequest body, NumberBook numbers)
    {
        if (numbers.Find(phoneNumberId) is not { } number)
        {
            return Results.Problem("No such number.", statusCode: 404);
        }

        number.Elsewhere = body.Elsewhere;
        number.Obstacles = body.Obstacles ?? [];
        return Results.NoContent();
    }

    private static async Task CompleteAsync(HttpContext http, SignupBook book, NumberBook numbers, TimeProvider time)
    {
        using var body = await ApiGate.JsonAsync(http);
        if (body?.RootElement.Text("state") is not { Length: > 0 } state || book.Chosen(state) is not { } number)
        {
            await http.FlatAsync(404, 404, "Unknown or unfinished sign-up");
            return;
        }

        book.CountExchange();
        if (book.Behaviour.SlowMs > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(book.Behaviour.SlowMs), time, http.RequestAborted);
        }

        if (book.Behaviour.Exchange is "502" or "502-once")
        {
            book.Behaviour = book.Behaviour with { Exchange = book.Behaviour.Exchange == "502" ? "502" : "ok" };
            http.Response.StatusCode = 502;
            return;
        }

        if (number.Elsewhere && number.Obstacles is [var obstacle, ..])
        {
            await http.FlatAsync(409, obstacle, "The number cannot be moved yet");
            return;
        }

        // Registered here now: with the new id, as Meta gives one on a move (wire facts 10.3).
        number.Elsewhere = false;
        book.Close(state);
        if (number.Keys.Count == 0)
        {
            number.Keys = [Guid.NewGuid().ToString()];
        }

        if (book.Behaviour.Exchange == "unproved-once")
        {
            book.Behaviour = book.Behaviour with { Exchange = "ok" };
            numbers.FailDetailsOnce();
        }

        var owner = book.Behaviour.Exchange == "wrong-key" ? numbers.All.FirstOrDefault(one => one != number && one.Keys.Count > 0) ?? number : number;
        await http.JsonAsync(200, WireJson.Bytes(new JsonObject
        {
            ["code"] = 200,
            ["status"] = "success",
            ["data"] = new JsonObject
            {
                ["waba_id"] = number.WabaId,
                ["phone_number_id"] = number.PhoneNumberId,
                ["display_phone_number"] = number.DisplayPhoneNumber,
                ["business_id"] = "400000000000001",
                ["apikey"] = owner.Keys[0],
            },
        }));
    }

    /// <summary>The partner's own key, which is not the key of a number.</summary>
    private sealed class PartnerGate(IOptions<SimulatorOptions> options) : IEndpointFilter
    {
        private readonly byte[] key = Encoding.UTF8.GetBytes(options.Value.PartnerKey.Length > 0 ? options.Value.PartnerKey : options.Value.ApiKey);

        public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        {
            var http = context.HttpContext;
            if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(http.Request.Headers["apikey"].ToString()), key))
            {
                await http.FlatAsync(401, 401, "Authentication Failed");
                return Results.Empty;
            }

            await next(context);
            return Results.Empty;
        }
    }
}
