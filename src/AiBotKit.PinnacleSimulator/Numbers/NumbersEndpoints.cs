using System.Text;
using System.Text.Json.Nodes;
using AiBotKit.PinnacleSimulator.Messages;
using AiBotKit.PinnacleSimulator.Webhooks;
using Microsoft.Extensions.Options;

namespace AiBotKit.PinnacleSimulator.Numbers;

/// <summary>Pinnacle's account calls: setwebhook, getwebhook, getuserdetails; and Meta's subscribe and register.</summary>
internal static class NumbersEndpoints
{
    public static IServiceCollection AddNumbers(this IServiceCollection services) => services.AddSingleton<NumberBook>();

    /// <param name="Subscribed">An app is subscribed to the account of the number.</param>
    public sealed record SubscriptionRequest(bool Subscribed);

    /// <param name="Status">The HTTP status that <c>testwebhook</c> answers; null: it sends the event.</param>
    public sealed record TestEventRequest(int? Status);

    /// <param name="Code">Meta's code that the number's account is refused with; null ends it.</param>
    public sealed record RefusalRequest(int? Code);

    public static void MapNumbers(this IEndpointRouteBuilder app)
    {
        app.MapPut("/sim/numbers/{phoneNumberId}/subscription", (string phoneNumberId, SubscriptionRequest body, NumberBook numbers) => Set(numbers, phoneNumberId, number => number.Subscribed = body.Subscribed));
        app.MapPut("/sim/numbers/{phoneNumberId}/test-event", (string phoneNumberId, TestEventRequest body, NumberBook numbers) => Set(numbers, phoneNumberId, number => number.TestEventStatus = body.Status));
        app.MapPut("/sim/numbers/{phoneNumberId}/refusal", (string phoneNumberId, RefusalRequest body, NumberBook numbers) => Set(numbers, phoneNumberId, number => number.Refusal = body.Code));
        var api = app.MapGroup("/{version:regex(^v[0-9.]+$)}").AddEndpointFilter<ApiGate>();
        api.MapPost("/{phoneNumberId}/setwebhook", SetWebhookAsync);
        api.MapGet("/{phoneNumberId}/getwebhook", GetWebhookAsync);
        api.MapPost("/{phoneNumberId}/testwebhook", TestWebhookAsync);
        api.MapGet("/getuserdetails", UserDetailsAsync);
        api.MapGet("/{wabaId}/phone_numbers", PhoneNumbersAsync);
        api.MapPost("/{phoneNumberId:regex(^[0-9]+$)}", OverrideWebhookAsync);
        api.MapMethods("/{wabaId}/subscribed_apps", ["GET", "POST", "DELETE"], SubscribedAppsAsync);
        api.MapPost("/{id}/register", (HttpContext http) => Note(http, "account", "register").JsonAsync(200, """{"success":true}"""u8.ToArray()));
    }

    private static IResult Set(NumberBook numbers, string phoneNumberId, Action<BusinessNumber> change)
    {
        if (numbers.Find(phoneNumberId) is not { } number)
        {
            return Results.Problem("No such number.", statusCode: 404);
        }

        change(number);
        return Results.NoContent();
    }

    /// <summary>Meta's subscription of the caller's app to an account: read, made, ended.</summary>
    private static async Task SubscribedAppsAsync(HttpContext http, string wabaId, NumberBook numbers)
    {
        Note(http, "account", "subscribed_apps");
        var own = numbers.All.Where(number => number.WabaId == wabaId && ApiGate.Owns(http, number)).ToList();
        if (own.Count == 0)
        {
            await http.ErrorAsync(ApiErrors.NoObject(wabaId, http.Request.Method.ToLowerInvariant()));
            return;
        }

        if (!HttpMethods.IsGet(http.Request.Method))
        {
            own.ForEach(number => number.Subscribed = HttpMethods.IsPost(http.Request.Method));
            await http.JsonAsync(200, """{"success":true}"""u8.ToArray());
            return;
        }

        var apps = new JsonArray();
        if (own[0].Subscribed)
        {
            apps.Add(new JsonObject { ["whatsapp_business_api_data"] = new JsonObject { ["id"] = "500000000000001", ["name"] = "Simulated app" } });
        }

        await http.JsonAsync(200, WireJson.Bytes(new JsonObject { ["data"] = apps }));
    }

    private static async Task SetWebhookAsync(HttpContext http, string phoneNumberId, NumberBook numbers)
    {
        Note(http, "webhook", "setwebhook");
        using var body = await ApiGate.JsonAsync(http);
        if (await ApiGate.NumberAsync(http, numbers, phoneNumberId) is not { } number)
        {
            return;
        }

        if (!Uri.TryCreate(body?.RootElement.Text("webhook_url"), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            await http.FlatAsync(400, 400, "webhook_url is required");
            return;
        }

        List<KeyValuePair<string, string>> headers = [];
        foreach (var header in body!.RootElement.Object("headers")?.EnumerateObject() ?? default)
        {
            headers.Add(new(header.Name, header.Value.ToString()));
        }

        number.Target = new WebhookTarget(url, headers, body.RootElement.Text("secret") is { Length: > 0 } secret ? Encoding.UTF8.GetBytes(secret) : null);
        await http.JsonAsync(200, """{"code":200,"status":"success","message":"Webhook set successfully"}"""u8.ToArray());
    }

    private static async Task GetWebhookAsync(HttpContext http, string phoneNumberId, NumberBook numbers)
    {
        Note(http, "webhook", "getwebhook");
        if (await ApiGate.NumberAsync(http, numbers, phoneNumberId) is { } number)
        {
            var headers = new JsonObject();
            foreach (var (name, value) in number.Target.Headers)
            {
                headers[name] = value;
            }

            await http.JsonAsync(200, WireJson.Bytes(new JsonObject
            {
                ["code"] = 200,
                ["status"] = "success",
                ["data"] = new JsonObject { ["webhook_url"] = number.Target.Url.ToString(), ["headers"] = headers },
            }));
        }
    }

    /// <summary>A call that only the simulator has: one signed callback of the field <c>webhook_test</c> with the token that the caller chose.</summary>
    private static async Task TestWebhookAsync(HttpContext http, string phoneNumberId, NumberBook numbers, WebhookSender sender)
    {
        Note(http, "webhook", "testwebhook");
        using var body = await ApiGate.JsonAsync(http);
        if (await ApiGate.NumberAsync(http, numbers, phoneNumberId) is not { } number)
        {
            return;
        }

        if (number.TestEventStatus is { } status)
        {
            http.Response.StatusCode = status;
            return;
        }

        if (body?.RootElement.Text("token") is not { Length: > 0 and <= 128 } token)
        {
            await http.FlatAsync(400, 400, "token is required");
            return;
        }

        var value = WireJson.Bytes(new JsonObject
        {
            ["object"] = "whatsapp_business_account",
            ["entry"] = new JsonArray(new JsonObject
            {
                ["id"] = number.WabaId,
                ["changes"] = new JsonArray(new JsonObject
                {
                    ["value"] = new JsonObject
                    {
                        ["messaging_product"] = "whatsapp",
                        ["metadata"] = new JsonObject { ["display_phone_number"] = number.DisplayPhoneNumber, ["phone_number_id"] = number.PhoneNumberId },
                        ["token"] = token,
                    },
                    ["field"] = "webhook_test",
                }),
            }),
        });
        if (number.Subscribed)
        {
            sender.Send(new Delivery { Target = number.Target, Body = value, Signature = sender.Sign(number, value), Items = [], Summary = "test event", Customer = number.PhoneNumberId });
        }

        await http.JsonAsync(200, """{"code":200,"status":"success","message":"Test event queued"}"""u8.ToArray());
    }

    private static Task UserDetailsAsync(HttpContext http, NumberBook numbers)
    {
        Note(http, "account", "getuserdetails");
        if (numbers.All.FirstOrDefault(number => number.Refusal is not null && ApiGate.Owns(http, number)) is { Refusal: { } code })
        {
            return http.ErrorAsync(new ApiError(403, code, "Refused for this account"));
        }

        if (numbers.TakeDetailsFailure())
        {
            http.Response.StatusCode = 502;
            return Task.CompletedTask;
        }

        var rows = new JsonArray([.. numbers.All.Where(number => ApiGate.Owns(http, number)).Select(static number => new JsonObject
        {
            ["wanumber"] = number.DisplayPhoneNumber,
            ["phone_number_id"] = number.PhoneNumberId,
            ["whatsapp_business_account_id"] = number.WabaId,
            ["name"] = number.Name,
            ["status"] = "CONNECTED",
        })]);
        return http.JsonAsync(200, WireJson.Bytes(new JsonObject { ["data"] = rows }));
    }

    /// <summary>Meta's list of the numbers of an account.</summary>
    private static async Task PhoneNumbersAsync(HttpContext http, string wabaId, NumberBook numbers)
    {
        Note(http, "account", "phone_numbers");
        var own = numbers.All.Where(number => number.WabaId == wabaId && ApiGate.Owns(http, number)).ToList();
        if (own.Count == 0)
        {
            await http.ErrorAsync(ApiErrors.NoObject(wabaId, "get"));
            return;
        }

        await http.JsonAsync(200, WireJson.Bytes(new JsonObject
        {
            ["data"] = new JsonArray([.. own.Select(static number => new JsonObject
            {
                ["id"] = number.PhoneNumberId,
                ["display_phone_number"] = "+" + number.DisplayPhoneNumber,
                ["verified_name"] = number.Name,
            })]),
        }));
    }

    /// <summary>Meta's override of the callback for one number: the address is asked for its handshake first, and an empty one removes it.</summary>
    private static async Task OverrideWebhookAsync(HttpContext http, string phoneNumberId, NumberBook numbers, IHttpClientFactory clients, IOptions<SimulatorOptions> options)
    {
        Note(http, "webhook", "webhook_configuration");
        using var body = await ApiGate.JsonAsync(http);
        if (await ApiGate.NumberAsync(http, numbers, phoneNumberId) is not { } number)
        {
            return;
        }

        var configuration = body?.RootElement.Object("webhook_configuration");
        if (configuration?.Text("override_callback_uri") is { Length: 0 })
        {
            number.Target = number.Target with { Url = new Uri(options.Value.WebhookUrl) };
            await http.JsonAsync(200, """{"success":true}"""u8.ToArray());
            return;
        }

        if (!Uri.TryCreate(configuration?.Text("override_callback_uri"), UriKind.Absolute, out var url) || !await ShakesHandsAsync(clients, url, configuration?.Text("verify_token") ?? "", http.RequestAborted))
        {
            await http.ErrorAsync(new ApiError(400, 2200, "Callback verification failed with the following errors: HTTP Status Code = 403"));
            return;
        }

        number.Target = number.Target with { Url = url };
        await http.JsonAsync(200, """{"success":true}"""u8.ToArray());
    }

    private static async Task<bool> ShakesHandsAsync(IHttpClientFactory clients, Uri url, string verifyToken, CancellationToken cancellationToken)
    {
        const string Challenge = "1158201444";
        using var client = clients.CreateClient(WebhookSender.Client);
        var asked = new Uri($"{url}{(url.Query.Length > 0 ? "&" : "?")}hub.mode=subscribe&hub.challenge={Challenge}&hub.verify_token={Uri.EscapeDataString(verifyToken)}");
        try
        {
            using var answer = await client.GetAsync(asked, cancellationToken);
            return answer.IsSuccessStatusCode && await answer.Content.ReadAsStringAsync(cancellationToken) == Challenge;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static HttpContext Note(HttpContext http, string kind, string summary)
    {
        if (http.Entry() is { } entry)
        {
            entry.Kind = kind;
            entry.Summary = summary;
        }

        return http;
    }
}
