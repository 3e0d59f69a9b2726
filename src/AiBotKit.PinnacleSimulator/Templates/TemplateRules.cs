using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AiBotKit.PinnacleSimulator.Messages;

namespace AiBotKit.PinnacleSimulator.Templates;

/// <summary>What a template send must look like, and what the customer sees of it (wire facts 6 and 6.1). Pure: values in, error or picture out.</summary>
internal static partial class TemplateRules
{
    private const int LongestBody = 1024;

    /// <summary>The error that Meta gives; null when it would be taken.</summary>
    /// <param name="send">The object <c>template</c> of the call.</param>
    public static ApiError? Check(StoredTemplate? template, JsonElement send)
    {
        var (name, language) = (send.Text("name"), send.Object("language")?.Text("code"));
        if (template is null)
        {
            return new ApiError(404, 132001, "Template name does not exist in the translation", $"template name ({name}) does not exist in {language}");
        }

        if (template.Status != "APPROVED")
        {
            return template.Status switch
            {
                "PAUSED" => new ApiError(400, 132015, "Template is Paused", "Template is paused due to low quality so it cannot be sent"),
                "DISABLED" => new ApiError(400, 132016, "Template is Disabled", "Template is disabled"),
                _ => new ApiError(404, 132001, "Template name does not exist in the translation", $"template name ({name}) does not exist in {language}"),
            };
        }

        foreach (var part in Parts(template))
        {
            var type = part.Text("type")?.ToUpperInvariant();
            var problem = type switch
            {
                "HEADER" when part.Text("format") is { } format and not "TEXT" => Media(format, Given(send, "header")),
                "HEADER" => Texts("header", part.Text("text") ?? "", Given(send, "header")),
                "BODY" => Texts("body", part.Text("text") ?? "", Given(send, "body")),
                "BUTTONS" => Buttons(part, send),
                _ => null,
            };
            if (problem is not null)
            {
                return problem;
            }
        }

        return Body(template, send).Length > LongestBody
            ? new ApiError(400, 132005, "Template hydrated text too long", "Body is too long")
            : null;
    }

    /// <summary>What the phone shows: header, body, footer and buttons with every blank filled.</summary>
    public static JsonObject Picture(StoredTemplate template, JsonElement send)
    {
        var picture = new JsonObject { ["body"] = Body(template, send) };
        foreach (var part in Parts(template))
        {
            switch (part.Text("type")?.ToUpperInvariant())
            {
                case "HEADER" when part.Text("text") is { } header:
                    picture["header"] = Fill(header, Given(send, "header"));
                    break;
                case "FOOTER":
                    picture["footer"] = part.Text("text");
                    break;
                case "BUTTONS":
                    picture["buttons"] = new JsonArray([.. (part.Array("buttons")?.EnumerateArray() ?? default).Select((button, index) => Button(button, index, send))]);
                    break;
            }
        }

        return picture;
    }

    public static string Body(StoredTemplate template, JsonElement send) =>
        Parts(template).Where(part => part.Text("type")?.ToUpperInvariant() == "BODY").Select(part => Fill(part.Text("text") ?? "", Given(send, "body"))).FirstOrDefault() ?? "";

    private static JsonObject Button(JsonElement button, int index, JsonElement send)
    {
        var text = button.Text("text");
        var given = GivenButton(send, index).FirstOrDefault();
        return button.Text("type") switch
        {
            "QUICK_REPLY" => new JsonObject { ["type"] = "quick_reply", ["text"] = text, ["payload"] = given.ValueKind == JsonValueKind.Object ? given.Text("payload") ?? text : text },
            "URL" => new JsonObject { ["type"] = "url", ["text"] = text, ["url"] = Blank().Replace(button.Text("url") ?? "", _ => given.ValueKind == JsonValueKind.Object ? given.Text("text") ?? "" : "") },
            var other => new JsonObject { ["type"] = other?.ToLowerInvariant(), ["text"] = text },
        };
    }

    private static ApiError? Media(string format, List<JsonElement> given) =>
        given is [var only] && only.Text("type")?.Equals(format, StringComparison.OrdinalIgnoreCase) == true
            ? null
            : new ApiError(400, 132012, "Parameter format does not match format in the created template", $"header: Format mismatch, expected {format}, received {(given.Count == 0 ? "UNKNOWN" : given[0].Text("type")?.ToUpperInvariant())}");

    private static ApiError? Texts(string place, string text, List<JsonElement> given)
    {
        var blanks = Blank().Matches(text).Select(match => match.Groups[1].Value).Distinct().ToList();
        if (given.Count != blanks.Count)
        {
            return new ApiError(400, 132000, "Number of parameters does not match the expected number of params",
                string.Create(CultureInfo.InvariantCulture, $"{place}: number of localizable_params ({given.Count}) does not match the expected number of params ({blanks.Count})"));
        }

        foreach (var parameter in given)
        {
            if (parameter.Text("type") is not ("text" or "currency" or "date_time"))
            {
                return new ApiError(400, 132012, "Parameter format does not match format in the created template", $"{place}: Format mismatch, expected TEXT");
            }

            if (string.IsNullOrWhiteSpace(Value(parameter)))
            {
                return ApiErrors.Missing($"template.components.{place}.parameters.text");
            }

            if (Refused().IsMatch(Value(parameter)))
            {
                return new ApiError(400, 132018, "There was an issue with the parameters in your template", "Param text cannot have new-line/tab characters or more than 4 consecutive spaces");
            }
        }

        return blanks.Exists(blank => !blank.All(char.IsAsciiDigit) && !given.Exists(one => one.Text("parameter_name") == blank))
            ? new ApiError(400, 132012, "Parameter format does not match format in the created template", $"{place}: Parameter name is missing or invalid")
            : null;
    }

    private static ApiError? Buttons(JsonElement part, JsonElement send)
    {
        foreach (var (button, index) in (part.Array("buttons")?.EnumerateArray() ?? default).Select((button, index) => (button, index)))
        {
            if (button.Text("type") == "URL" && Blank().IsMatch(button.Text("url") ?? "") && GivenButton(send, index) is not [_, ..])
            {
                return new ApiError(400, 131008, "Required parameter is missing", string.Create(CultureInfo.InvariantCulture, $"buttons: Button at index {index} of type Url requires a parameter"));
            }
        }

        return null;
    }

    private static string Fill(string text, List<JsonElement> given) => Blank().Replace(text, match =>
    {
        var name = match.Groups[1].Value;
        var found = name.All(char.IsAsciiDigit) && int.TryParse(name, CultureInfo.InvariantCulture, out var number)
            ? given.ElementAtOrDefault(number - 1)
            : given.Find(one => one.Text("parameter_name") == name);
        return found.ValueKind == JsonValueKind.Object ? Value(found) : match.Value;
    });

    private static string Value(JsonElement parameter) => parameter.Text("type") switch
    {
        "currency" => parameter.Object("currency")?.Text("fallback_value") ?? "",
        "date_time" => parameter.Object("date_time")?.Text("fallback_value") ?? "",
        _ => parameter.Text("text") ?? "",
    };

    private static JsonElement.ArrayEnumerator Parts(StoredTemplate template) => template.Components.ValueKind == JsonValueKind.Array ? template.Components.EnumerateArray() : default;

    private static List<JsonElement> Given(JsonElement send, string type) =>
        Components(send).Where(part => type.Equals(part.Text("type"), StringComparison.OrdinalIgnoreCase)).SelectMany(Parameters).ToList();

    private static List<JsonElement> GivenButton(JsonElement send, int index) =>
        Components(send).Where(part => "button".Equals(part.Text("type"), StringComparison.OrdinalIgnoreCase) && part.Text("index") == index.ToString(CultureInfo.InvariantCulture)).SelectMany(Parameters).ToList();

    private static JsonElement.ArrayEnumerator Components(JsonElement send) => send.Array("components") is { } parts ? parts.EnumerateArray() : default;

    private static IEnumerable<JsonElement> Parameters(JsonElement part) => part.Array("parameters") is { } list ? list.EnumerateArray() : [];

    [GeneratedRegex(@"\{\{\s*([A-Za-z0-9_]+)\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Blank();

    [GeneratedRegex(@"[\r\n\t]| {5,}", RegexOptions.CultureInvariant)]
    private static partial Regex Refused();
}
