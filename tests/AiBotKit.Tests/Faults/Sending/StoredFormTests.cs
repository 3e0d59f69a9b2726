using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiBotKit.Tests.Channels.WhatsApp;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults.Sending;

/// <summary>
/// What every callback of the wire index leaves in the store, beside the test in <c>expected/stored.json</c>. <c>AIBOTKIT_APPROVE=1</c>
/// writes the present form there: look at the difference before it is committed.
/// </summary>
public sealed class StoredFormTests
{
    /// <summary>A minute after the fixtures' own time.</summary>
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1784000060);

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Expected => WireFixtures.PathInTests("Channels", "WhatsApp", "expected", "stored.json");

    [Fact]
    public void Every_callback_of_the_index_leaves_what_is_expected()
    {
        var actual = new JsonObject();
        foreach (var entry in WireFixtures.Callbacks())
        {
            using var rig = new SendRig(51, start: Now);
            var result = rig.Receive(WireFixtures.Bytes(entry.File));
            actual[entry.File] = Describe(rig, $"{result.Stored} stored, {result.Duplicates} duplicates, {result.Ignored} ignored, {result.DeadLetters} dead letters");
        }

        if (Environment.GetEnvironmentVariable("AIBOTKIT_APPROVE") == "1")
        {
            File.WriteAllText(Expected, actual.ToJsonString(Format) + "\n");
        }

        var expected = JsonNode.Parse(File.ReadAllText(Expected))!.AsObject();
        actual.Select(a => a.Key).ShouldBe(expected.Select(e => e.Key));
        foreach (var (file, form) in actual)
        {
            form!.ToJsonString(Format).ShouldBe(expected[file]!.ToJsonString(Format), file);
        }
    }

    private static JsonObject Describe(SendRig rig, string result)
    {
        var form = new JsonObject { ["result"] = result };
        Add("conversations", rig.Texts(
            """
            SELECT SessionId || ' | ' || ifnull(ContactName, '') || ' | window ' || ifnull((LastInboundAt - 621355968000000000) / 10000000, 'none') || ' | AI ' || CASE WHEN AiReplies THEN 'on' ELSE 'off: ' || AiRepliesReason END
                || ifnull(' | waiting: ' || WaitingReason, '') || (SELECT ifnull(group_concat(' | also ' || Alias, ''), '') FROM conversation_aliases a WHERE a.ConversationId = c.Id)
            FROM conversations c ORDER BY SessionId
            """));
        Add("messages", rig.Texts(
            """
            SELECT c.SessionId || ' | ' || CASE Role WHEN 0 THEN 'customer' WHEN 1 THEN 'assistant' WHEN 2 THEN 'owner' ELSE 'event' END || ' | ' || Type || ' | '
                || CASE WHEN length(Text) > 120 THEN substr(Text, 1, 40) || '… (' || length(Text) || ')' ELSE Text END || ' | '
                || CASE WHEN Role > 0 THEN '' ELSE ifnull(Outcome, 'to be answered') END || ifnull(' | quotes ' || substr(ReplyTo, 1, 24), '')
            FROM messages m JOIN conversations c ON c.Id = m.ConversationId ORDER BY c.SessionId, m.At, m.Seq
            """));
        Add("deadLetters", rig.Texts("SELECT Kind || ' | ' || Reason FROM dead_letters ORDER BY Reason"));
        Add("connections", rig.Texts("SELECT PhoneNumberId || ' | ' || CASE WHEN DisconnectedAt IS NULL THEN 'held: ' ELSE 'disconnected: ' END || BrokenReason FROM connections WHERE BrokenReason IS NOT NULL ORDER BY PhoneNumberId"));
        Add("parkedStatuses", rig.Texts("SELECT substr(ProviderMessageId, 1, 24) || ' | ' || Status || ifnull(' | ' || FailureCode, '') FROM parked_statuses ORDER BY Id"));
        return form;

        // Long lists by their ends.
        void Add(string name, List<string> lines)
        {
            if (lines.Count > 0)
            {
                form[name] = new JsonArray([.. (lines.Count <= 12 ? lines : [lines[0], $"… {lines.Count - 2} more", lines[^1]]).Select(line => (JsonNode)line.ReplaceLineEndings("⏎"))]);
            }
        }
    }
}
