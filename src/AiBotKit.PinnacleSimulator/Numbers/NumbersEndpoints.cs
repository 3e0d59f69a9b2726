using System.Text;
using System.Text.Json.Nodes;
using AiBotKit.PinnacleSimulator.Messages;
using AiBotKit.PinnacleSimulator.Webhooks;

namespace AiBotKit.PinnacleSimulator.Numbers;

/// <summary>Pinnacle's account calls: setwebhook, getwebhook, getuserdetails; templates; and Meta's subscribe and register.</summary>
internal static class NumbersEndpoints
{
    public static IServiceCollection AddNumbers(this IServiceCollection services) => services.AddSingleton<NumberBook>();

    public static void MapNumbers(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/{version:regex(^v[0-9.]+$)}").AddEndpointFilter<ApiGate>();
        api.MapPost("/{phoneNumberId}/setwebhook", SetWebhookAsync);
        api.MapGet("/{phoneNumberId}/getwebhook", GetWebhookAsync);
        api.MapPost("/{phoneNumberId}/testwebhook", TestWebhookAsync);
        api.MapGet("/getuserdetails", UserDetailsAsync);
        api.MapGet("/{wabaId}/message_templates", TemplatesAsync);
        api.MapPost("/{id}/subscribed_apps", (HttpContext http) => Note(http, "account", "subscribed_apps").JsonAsync(200, """{"success":true}"""u8.ToArray()));
        api.MapPost("/{id}/register", (HttpContext http) => Note(http, "account", "register").JsonAsync(200, """{"success":true}"""u8.ToArray()));
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
        sender.Send(new Delivery { Target = number.Target, Body = value, Signature = sender.Sign(number, value), Items = [], Summary = "test event", Customer = number.PhoneNumberId });
        await http.JsonAsync(200, """{"code":200,"status":"success","message":"Test event queued"}"""u8.ToArray());
    }

    private static Task UserDetailsAsync(HttpContext http, NumberBook numbers)
    {
        Note(http, "account", "getuserdetails");
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

    private static async Task TemplatesAsync(HttpContext http, string wabaId, NumberBook numbers)
    {
        Note(http, "templates", "message_templates");
        if (!numbers.All.Any(number => number.WabaId == wabaId))
        {
            await http.ErrorAsync(ApiErrors.NoObject(wabaId, "get"));
            return;
        }

        await http.JsonAsync(200, Templates());
    }

    private static byte[] Templates() => """
        {"data":[{"name":"order_update","status":"APPROVED","category":"UTILITY","language":"en_US","id":"1200000000000001","components":[{"type":"BODY","text":"Hi {{1}}, your order is {{2}}.","example":{"body_text":[["Asha","ready"]]}}]},{"name":"delivery_note","status":"APPROVED","category":"UTILITY","language":"en","id":"1200000000000002","components":[{"type":"BODY","text":"Hi {{customer}}, your delivery is near."}]}],"paging":{"cursors":{"before":"MAZDZD","after":"MjQZD"}}}
        """u8.ToArray();

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
