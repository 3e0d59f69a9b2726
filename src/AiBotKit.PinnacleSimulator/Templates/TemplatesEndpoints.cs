using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiBotKit.PinnacleSimulator.Clock;
using AiBotKit.PinnacleSimulator.Messages;
using AiBotKit.PinnacleSimulator.Numbers;
using AiBotKit.PinnacleSimulator.Webhooks;

namespace AiBotKit.PinnacleSimulator.Templates;

/// <summary>The provider's list of templates, and control calls that change them as WhatsApp's reviewers would.</summary>
internal static class TemplatesEndpoints
{
    private const int MostRows = 1000;

    public static IServiceCollection AddTemplates(this IServiceCollection services) => services.AddSingleton<TemplateBook>();

    public static void MapTemplates(this IEndpointRouteBuilder app)
    {
        app.MapGet("/{version:regex(^v[0-9.]+$)}/{wabaId}/message_templates", ListAsync).AddEndpointFilter<ApiGate>();
        var sim = app.MapGroup("/sim/templates");
        sim.MapGet("", (TemplateBook book) => book.All.Select(TemplateBook.Row));
        sim.MapPost("", (PutRequest body, TemplateBook book) => TemplateBook.Row(book.Put(body.Name, body.Language, body.Category ?? "UTILITY", body.Status ?? "APPROVED", body.Reason, body.Components)));
        sim.MapDelete("/{name}", (string name, TemplateBook book) => book.Remove(name) ? Results.NoContent() : Results.Problem("No such template.", statusCode: 404));
        sim.MapPost("/{name}/status", SetStatus);
    }

    public sealed record PutRequest(string Name, string Language, string? Category, string? Status, string? Reason, JsonElement Components);

    /// <param name="Event">As the callback says it: APPROVED, PAUSED, REJECTED, DISABLED…; the list says the same from now on.</param>
    /// <param name="Silent">Tell nobody: only the list knows.</param>
    public sealed record StatusRequest(string Event, string Language = "en", string? Reason = null, bool Silent = false);

    /// <summary>Meta's pages: <c>limit</c> rows, <c>after</c> a cursor; <c>paging.next</c> only when there are more.</summary>
    private static async Task ListAsync(HttpContext http, string wabaId, NumberBook numbers, TemplateBook book)
    {
        if (http.Entry() is { } entry)
        {
            (entry.Kind, entry.Summary) = ("templates", "message_templates");
        }

        if (!numbers.All.Any(number => number.WabaId == wabaId && ApiGate.Owns(http, number)))
        {
            await http.ErrorAsync(ApiErrors.NoObject(wabaId, "get"));
            return;
        }

        var query = http.Request.Query;
        var limit = int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var asked) ? Math.Clamp(asked, 1, MostRows) : 25;
        var from = int.TryParse(query["after"].ToString().TrimStart('c'), CultureInfo.InvariantCulture, out var place) ? place : 0;
        var all = book.All;
        var rows = all.Skip(from).Take(limit).Select(TemplateBook.Row).ToArray<JsonNode>();
        var paging = new JsonObject { ["cursors"] = new JsonObject { ["before"] = $"c{from}", ["after"] = $"c{from + rows.Length}" } };
        if (from + rows.Length < all.Count)
        {
            paging["next"] = $"https://graph.example/{wabaId}/message_templates?limit={limit}&after=c{from + rows.Length}";
        }

        await http.JsonAsync(200, WireJson.Bytes(new JsonObject { ["data"] = new JsonArray(rows), ["paging"] = paging }));
    }

    private static IResult SetStatus(string name, StatusRequest body, string? number, TemplateBook book, NumberBook numbers, WebhookSender sender, SimClock clock)
    {
        if (numbers.Find(number) is not { } to || book.Find(name, body.Language) is not { } template)
        {
            return Results.Problem("No such number or template.", statusCode: 404);
        }

        book.Put(template.Name, template.Language, template.Category, body.Event, body.Reason, template.Components);
        if (!body.Silent)
        {
            var callback = WireJson.Bytes(new JsonObject
            {
                ["object"] = "whatsapp_business_account",
                ["entry"] = new JsonArray(new JsonObject
                {
                    ["id"] = to.WabaId,
                    ["time"] = clock.Now.ToUnixTimeSeconds(),
                    ["changes"] = new JsonArray(new JsonObject
                    {
                        ["value"] = new JsonObject
                        {
                            ["event"] = body.Event,
                            ["message_template_id"] = long.Parse(template.Id, CultureInfo.InvariantCulture),
                            ["message_template_name"] = template.Name,
                            ["message_template_language"] = template.Language,
                            ["reason"] = body.Reason ?? "NONE",
                        },
                        ["field"] = "message_template_status_update",
                    }),
                }),
            });
            sender.Send(new Delivery { Target = to.Target, Body = callback, Signature = sender.Sign(to, callback), Items = [], Summary = "template " + body.Event, Customer = to.PhoneNumberId });
        }

        return Results.NoContent();
    }
}
