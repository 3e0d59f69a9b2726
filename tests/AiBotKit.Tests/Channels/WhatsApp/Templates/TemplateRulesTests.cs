using System.Text.Json;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Channels.WhatsApp.Templates;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp.Templates;

/// <summary>Reading a template's parts, filling its blanks, and choosing a nudge.</summary>
public sealed class TemplateRulesTests
{
    private const string Shipped = """
        [{"type":"HEADER","format":"TEXT","text":"Order {{1}}","example":{"header_text":["4471"]}},
         {"type":"BODY","text":"Hello {{1}}, {{2}} and again {{1}}.","example":{"body_text":[["Maya","Friday"]]}},
         {"type":"FOOTER","text":"Tidewick"},
         {"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Change"},{"type":"URL","text":"Follow","url":"https://x.example/{{1}}","example":["https://x.example/1"]}]}]
        """;

    [Fact]
    public void The_form_has_a_field_for_every_blank_once_with_its_example()
    {
        var form = TemplateForm.Read(Shipped, "UTILITY");
        form.Unsendable.ShouldBeNull();
        form.CanBeTapped.ShouldBeTrue();
        form.Fields.Select(f => (f.Key, f.Place, f.Example)).ShouldBe([("header.1", "header", "4471"), ("1", "body", "Maya"), ("2", "body", "Friday"), ("button.1", "button", "https://x.example/1")]);
    }

    [Fact]
    public void Named_blanks_keep_their_names_and_examples()
    {
        var form = TemplateForm.Read("""[{"type":"body","text":"Hi {{ first_name }}, {{order}} is ready.","example":{"body_text_named_params":[{"param_name":"order","example":"4471"}]}}]""", "UTILITY");
        form.Fields.Select(f => (f.Key, f.Example)).ShouldBe([("first_name", null), ("order", "4471")]);
        var filled = TemplateRules.Fill("n", "en", form, new Dictionary<string, string> { ["first_name"] = "Asha", ["order"] = "17" });
        filled.Text.ShouldBe("Hi Asha, 17 is ready.");
        filled.Payload.ShouldBe("""{"name":"n","language":{"code":"en"},"components":[{"type":"body","parameters":[{"type":"text","parameter_name":"first_name","text":"Asha"},{"type":"text","parameter_name":"order","text":"17"}]}]}""");
    }

    [Fact]
    public void Filled_it_is_what_the_customer_reads_and_what_the_wire_carries()
    {
        var form = TemplateForm.Read(Shipped, "UTILITY");
        var values = new Dictionary<string, string> { ["header.1"] = "4471", ["1"] = " Maya ", ["2"] = "Friday", ["button.1"] = "track/42" };
        TemplateRules.Check(form, values).ShouldBeNull();
        var filled = TemplateRules.Fill("order_shipped", "en", form, values);
        filled.Text.ShouldBe("*Order 4471*\nHello Maya, Friday and again Maya.");
        JsonDocument.Parse(filled.Content).RootElement.GetProperty("buttons").EnumerateArray().Select(b => b.GetString()).ShouldBe(["Change", "Follow"]);
        filled.Payload.ShouldBe(
            """{"name":"order_shipped","language":{"code":"en"},"components":[{"type":"header","parameters":[{"type":"text","text":"4471"}]},{"type":"body","parameters":[{"type":"text","text":"Maya"},{"type":"text","text":"Friday"}]},{"type":"button","sub_type":"url","index":"1","parameters":[{"type":"text","text":"track/42"}]}]}""");
    }

    [Theory]
    [InlineData("", "parameter_missing")]
    [InlineData("   ", "parameter_missing")]
    [InlineData("a\nb", "parameter_invalid")]
    [InlineData("a\tb", "parameter_invalid")]
    [InlineData("a     b", "parameter_invalid")]
    [InlineData("a    b", null)]
    [InlineData("नमस्ते 👋", null)]
    public void A_value_is_checked_as_WhatsApp_would(string value, string? code) =>
        (TemplateRules.Check(new TemplateField("1", TemplateField.InBody, "1", null, 20), value)?.Code).ShouldBe(code);

    [Fact]
    public void A_value_that_is_too_long_a_stray_one_and_a_text_that_grew_too_long_are_refused()
    {
        var form = TemplateForm.Read("""[{"type":"BODY","text":"Hi {{1}} {{2}}"}]""", "UTILITY");
        TemplateRules.Check(form, Values(("1", new string('x', 1025)), ("2", "y")))!.Code.ShouldBe("parameter_too_long");
        TemplateRules.Check(form, Values(("1", new string('x', 1000)), ("2", new string('y', 100))))!.Code.ShouldBe("template_too_long");
        TemplateRules.Check(form, Values(("1", "x"), ("2", "y"), ("3", "z")))!.ShouldSatisfyAllConditions(r => r.Code.ShouldBe("parameter_unknown"), r => r.Field.ShouldBe("3"));
        TemplateRules.Check(form, Values(("2", "y")))!.ShouldSatisfyAllConditions(r => r.Code.ShouldBe("parameter_missing"), r => r.Field.ShouldBe("1"));
    }

    [Theory]
    [InlineData("""[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"x"}]""", "UTILITY", "picture")]
    [InlineData("""[{"type":"BODY","text":"x"},{"type":"CAROUSEL","cards":[]}]""", "MARKETING", "carousel")]
    [InlineData("""[{"type":"BODY","text":"x"},{"type":"BUTTONS","buttons":[{"type":"FLOW","text":"Book"}]}]""", "UTILITY", "form")]
    [InlineData("""[{"type":"BODY","text":"x"},{"type":"BUTTONS","buttons":[{"type":"COPY_CODE","text":"Copy"}]}]""", "MARKETING", "coupon")]
    [InlineData("""[{"type":"BODY","text":"{{1}} is your code"}]""", "AUTHENTICATION", "one-time code")]
    [InlineData("""[{"type":"HOLOGRAM"}]""", "UTILITY", "hologram")]
    [InlineData("""{"type":"BODY"}""", "UTILITY", "could not be read")]
    [InlineData("""[{"type":7},null]""", "UTILITY", "not known")]
    [InlineData("nonsense", "UTILITY", "could not be read")]
    [InlineData("[]", "UTILITY", "no text")]
    public void What_cannot_be_sent_from_here_says_why(string parts, string category, string words)
    {
        var form = TemplateForm.Read(parts, category);
        form.Unsendable.ShouldNotBeNull().ShouldContain(words);
        TemplateRules.Sendable("n", "APPROVED", form)!.Code.ShouldBe("template_not_sendable");
        TemplateRules.AsNudge("APPROVED", form, "Maya").ShouldBeNull();
    }

    [Theory]
    [InlineData("We have an answer.", null, 0)]
    [InlineData("Hi {{name}}, your answer is here.", "Maya", 1)]
    [InlineData("Hi {{name}}, your answer is here.", null, null)]
    [InlineData("¡Hola {{1}}! Tu respuesta.", "Maya", 1)]
    [InlineData("Your order {{1}} is ready.", "Maya", null)]
    [InlineData("Hi {{1}}, order {{2}}.", "Maya", null)]
    public void A_nudge_needs_nothing_but_the_name(string body, string? contact, int? blanks)
    {
        var form = TemplateForm.Read(JsonSerializer.Serialize<object[]>([new { type = "BODY", text = body }, new { type = "BUTTONS", buttons = new[] { new { type = "QUICK_REPLY", text = "Read it" } } }]), "UTILITY");
        (TemplateRules.AsNudge("APPROVED", form, contact)?.Count).ShouldBe(blanks);
        TemplateRules.AsNudge("PAUSED", form, contact).ShouldBeNull();
        TemplateRules.AsNudge("APPROVED", form with { Buttons = [] }, contact).ShouldBeNull("there is nothing to tap");
    }

    [Fact]
    public void The_best_nudge_is_no_marketing_then_without_blanks_then_by_name() =>
        TemplateRules.BestFirst([("MARKETING", 0, "a"), ("UTILITY", 1, "b"), ("UTILITY", 0, "d"), ("UTILITY", 0, "c")], one => one).Select(one => one.Item3).ShouldBe(["c", "d", "b", "a"]);

    [Fact]
    public void The_recorded_list_is_read_and_a_full_page_leads_to_the_next()
    {
        var page = TemplateAnswers.Read(JsonDocument.Parse(WireFixtures.Text("pinbot-templates.response.json")).RootElement)!;
        var template = page.Templates.ShouldHaveSingleItem();
        (template.Name, template.Language, template.Status, template.Category, page.After).ShouldBe(("order_update", "en_US", "APPROVED", "UTILITY", null));
        TemplateForm.Read(template.Components, template.Category).Fields.Select(f => (f.Key, f.Example)).ShouldBe([("1", "Asha"), ("2", "ready")]);
        Page(1, next: "https://next").After.ShouldBe("c1");
        Page(TemplateAnswers.PageSize, next: null).After.ShouldBe("c1", "a relay may leave the address of the next page out");
        TemplateAnswers.Read(JsonDocument.Parse("""{"data":7}""").RootElement).ShouldBeNull();
        TemplateAnswers.Read(JsonDocument.Parse("""{"data":[null,{"name":"x"},{"name":"y","language":"en","status":"approved","components":"no"}]}""").RootElement)!.Templates.ShouldHaveSingleItem().Components.ShouldBe("[]");

        static TemplatePage Page(int rows, string? next) => TemplateAnswers.Read(JsonSerializer.SerializeToElement(new
        {
            data = Enumerable.Range(0, rows).Select(i => new { name = $"t{i}", language = "en", status = "APPROVED" }),
            paging = new { cursors = new { after = "c1" }, next },
        }))!;
    }

    private static Dictionary<string, string> Values(params (string Key, string Value)[] values) => values.ToDictionary(one => one.Key, one => one.Value);
}
