using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AiBotKit.Channels.WhatsApp;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>
/// Every file of the wire index has a row in <c>expected/index.json</c>: the exact items for what arrives at the callback,
/// and for everything else the test class that covers it.
/// </summary>
public sealed class WebhookParserIndexTests
{
    /// <summary>More items than this are kept as first, last and a count by type.</summary>
    private const int WholeListLimit = 12;

    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    public static TheoryData<string> Callbacks() => [.. WireFixtures.Callbacks().Select(entry => entry.File)];

    [Theory]
    [MemberData(nameof(Callbacks))]
    public void A_callback_becomes_exactly_the_expected_items(string file)
    {
        var actual = Describe(WebhookParser.Parse(WireFixtures.Bytes(file)));
        var row = Expected()[file];

        row.ShouldNotBeNull($"{file} has no row in expected/index.json; it parsed as {actual.ToJsonString(Format)}");
        actual.ToJsonString(Format).ShouldBe(row["items"]!.ToJsonString(Format));
    }

    [Fact]
    public void Every_file_of_the_index_has_a_row_and_every_row_a_file()
    {
        var files = WireFixtures.Index().Select(entry => entry.File).ToHashSet();
        var rows = Expected().Select(row => row.Key).ToHashSet();

        files.Except(rows).ShouldBeEmpty();
        rows.Except(files).ShouldBeEmpty();
    }

    [Fact]
    public void A_row_without_items_names_a_test_class_that_exists_or_says_why_the_product_never_meets_the_file()
    {
        var classes = typeof(WebhookParserIndexTests).Assembly.GetTypes().Select(type => type.Name).ToHashSet();
        foreach (var (file, row) in Expected().Where(row => row.Value!["items"] is null))
        {
            var by = row!["by"]?.GetValue<string>();
            var reason = row["notMet"]?.GetValue<string>();
            (by is null ? !string.IsNullOrWhiteSpace(reason) : classes.Contains(by)).ShouldBeTrue($"{file}: by={by} notMet={reason}");
        }
    }

    [Fact]
    public void Every_item_points_into_the_body_it_came_from()
    {
        foreach (var entry in WireFixtures.Callbacks())
        {
            var body = WireFixtures.Bytes(entry.File);
            foreach (var item in WebhookParser.Parse(body).Items)
            {
                (item.Raw.IsEmpty ? body.Length == 0 : body.AsSpan().Overlaps(item.Raw.Span)).ShouldBeTrue(entry.File);
            }
        }
    }

    private static JsonObject Expected() =>
        JsonNode.Parse(File.ReadAllText(WireFixtures.PathInTests("Channels", "WhatsApp", "expected", "index.json")))!.AsObject();

    private static JsonNode Describe(ParsedWebhook parsed)
    {
        var items = parsed.Items.Select(DescribeItem).ToList();
        if (items.Count <= WholeListLimit)
        {
            return new JsonArray([.. items]);
        }

        var counts = new JsonObject(parsed.Items.GroupBy(item => item.GetType().Name)
            .Select(group => KeyValuePair.Create(group.Key, (JsonNode?)group.Count())));
        return new JsonObject { ["counts"] = counts, ["first"] = items[0], ["last"] = items[^1] };
    }

    private static JsonNode DescribeItem(WebhookItem item)
    {
        var node = JsonSerializer.SerializeToNode(item, item.GetType(), Format)!.AsObject();
        node.Remove("raw");
        foreach (var (name, value) in node.ToList())
        {
            // Long texts and ids by length, so that the file stays readable.
            if (value is JsonValue text && text.TryGetValue<string>(out var content) && content.Length > 300)
            {
                node[name] = $"{content[..40]}… ({content.Length})";
            }
        }

        return new JsonObject { [item.GetType().Name] = node };
    }
}
