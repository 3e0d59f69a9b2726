using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiBotKit.PinnacleSimulator.Templates;

/// <summary>One message template as <c>message_templates</c> lists it.</summary>
/// <param name="Status">APPROVED, PENDING, REJECTED, PAUSED, DISABLED.</param>
/// <param name="Components">Its parts, Meta's JSON array.</param>
internal sealed record StoredTemplate(string Id, string Name, string Language, string Category, string Status, JsonElement Components, string? Reason = null);

/// <summary>The message templates of every business account that the simulator hosts; they all have the same.</summary>
internal sealed class TemplateBook
{
    private const string Invented = """
        [
          {"name":"answer_ready","language":"en","category":"UTILITY","components":[{"type":"BODY","text":"We have an answer to your question. Tap below and we send it to you."},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Read it"}]}]},
          {"name":"answer_for_you","language":"en","category":"UTILITY","components":[{"type":"BODY","text":"Hi {{name}}, your answer from Tidewick Coffee is here.","example":{"body_text_named_params":[{"param_name":"name","example":"Maya"}]}},{"type":"FOOTER","text":"Tidewick Coffee"},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Read it"},{"type":"QUICK_REPLY","text":"Not now"}]}]},
          {"name":"order_update","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Hi {{1}}, your order of {{2}} leaves on {{3}}.","example":{"body_text":[["Asha","$10.99","14 July 2026"]]}}]},
          {"name":"order_shipped","language":"en","category":"UTILITY","components":[{"type":"HEADER","format":"TEXT","text":"Order {{1}}","example":{"header_text":["4471"]}},{"type":"BODY","text":"Hello {{1}}, your order is on its way and should be with you on {{2}}.","example":{"body_text":[["Maya","Friday"]]}},{"type":"FOOTER","text":"Tidewick Coffee"},{"type":"BUTTONS","buttons":[{"type":"URL","text":"Follow it","url":"https://parcels.example/track/{{1}}","example":["https://parcels.example/track/4471"]},{"type":"QUICK_REPLY","text":"Change address"}]}]},
          {"name":"delivery_note","language":"en","category":"UTILITY","components":[{"type":"HEADER","format":"IMAGE","example":{"header_handle":["https://cdn.example/h.jpg"]}},{"type":"BODY","text":"Hi {{customer}}, your delivery is near.","example":{"body_text_named_params":[{"param_name":"customer","example":"Asha"}]}},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Confirm"},{"type":"URL","text":"Follow it","url":"https://parcels.example/{{1}}","example":["https://parcels.example/track/42"]}]}]},
          {"name":"spring_offer","language":"en","category":"MARKETING","status":"PENDING","components":[{"type":"BODY","text":"Spring has come: 20 % off every blend until Sunday."}]},
          {"name":"sale_shout","language":"en","category":"MARKETING","status":"REJECTED","reason":"INVALID_FORMAT","components":[{"type":"BODY","text":"SALE!!! {{1}}"}]},
          {"name":"blend_cards","language":"en","category":"MARKETING","components":[{"type":"BODY","text":"Three blends for you."},{"type":"CAROUSEL","cards":[]}]}
        ]
        """;

    private readonly Lock _gate = new();
    private List<StoredTemplate> _all;
    private long _lastId = 1_200_000_000_000_000;

    public TemplateBook()
    {
        _all = [];
        using var document = JsonDocument.Parse(Invented);
        foreach (var one in document.RootElement.EnumerateArray())
        {
            Put(one.Text("name")!, one.Text("language")!, one.Text("category")!, one.Text("status") ?? "APPROVED", one.Text("reason"), one.GetProperty("components").Clone());
        }
    }

    public IReadOnlyList<StoredTemplate> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _all];
            }
        }
    }

    public StoredTemplate? Find(string name, string language) => All.FirstOrDefault(one => one.Name == name && one.Language == language);

    /// <summary>Adds a template, or replaces the one of the same name and language.</summary>
    public StoredTemplate Put(string name, string language, string category, string status, string? reason, JsonElement components)
    {
        lock (_gate)
        {
            var known = _all.Find(one => one.Name == name && one.Language == language);
            var template = new StoredTemplate(known?.Id ?? $"{++_lastId}", name, language, category, status, components, reason);
            _all = [.. _all.Where(one => one != known), template];
            return template;
        }
    }

    public bool Remove(string name)
    {
        lock (_gate)
        {
            var before = _all.Count;
            _all = [.. _all.Where(one => one.Name != name)];
            return _all.Count < before;
        }
    }

    /// <summary>As the list call shows it.</summary>
    public static JsonObject Row(StoredTemplate template)
    {
        var row = new JsonObject
        {
            ["name"] = template.Name,
            ["status"] = template.Status,
            ["category"] = template.Category,
            ["language"] = template.Language,
            ["id"] = template.Id,
            ["components"] = JsonNode.Parse(template.Components.GetRawText()),
        };
        if (template.Reason is { } reason)
        {
            row["rejected_reason"] = reason;
        }

        return row;
    }
}
