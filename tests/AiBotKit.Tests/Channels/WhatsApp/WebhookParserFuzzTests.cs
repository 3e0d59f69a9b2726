using System.Diagnostics;
using System.Text;
using AiBotKit.Channels.WhatsApp;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>The parser is total: no bytes make it throw, and whatever comes out keeps its promises.</summary>
public sealed class WebhookParserFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void No_mutated_payload_makes_the_parser_throw_or_break_a_promise()
    {
        var seed = LongRun.Seed();
        var count = LongRun.Count(100_000, 1_000_000);
        output.WriteLine($"seed {seed}, {count} payloads");
        var random = new Random(seed);
        var corpus = PayloadMutator.Corpus();

        var useful = 0;
        for (var i = 0; i < count; i++)
        {
            var body = PayloadMutator.Mutate(random, corpus);
            try
            {
                var parsed = WebhookParser.Parse(body);
                foreach (var item in parsed.Items)
                {
                    Check(item);
                    useful += item is InboundMessage or StatusUpdate ? 1 : 0;
                }
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"seed {seed}, payload {i}: {Convert.ToBase64String(body)}", exception);
            }
        }

        // The mutations must not be so wild that nothing but garbage is ever read.
        useful.ShouldBeGreaterThan(count / 10);
        output.WriteLine($"{useful} messages and statuses were read");
    }

    [Fact]
    public void A_payload_cut_anywhere_is_one_dead_letter()
    {
        var body = WireFixtures.Bytes("inbound-text.json").AsSpan().TrimEnd((byte)'\n').ToArray();
        for (var length = 0; length < body.Length; length++)
        {
            WebhookParser.Parse(body.AsMemory(0, length)).Items.ShouldHaveSingleItem().ShouldBeOfType<BadItem>().IsWholeBody.ShouldBeTrue();
        }
    }

    [Fact]
    public void One_bad_message_among_a_thousand_harms_no_other()
    {
        var text = WireFixtures.Text("inbound-batch-1000.json").Replace("\"bulk message 500\"", "\"BAD\"", StringComparison.Ordinal);
        var body = Encoding.UTF8.GetBytes(text);
        body[body.AsSpan().IndexOf("BAD"u8)] = 0xFF;

        var items = WebhookParser.Parse(body).Items;

        items.Count(item => item is InboundMessage).ShouldBe(999);
        items.OfType<BadItem>().ShouldHaveSingleItem().IsWholeBody.ShouldBeFalse();
    }

    [Fact]
    public void A_name_with_a_half_surrogate_beside_ours_costs_only_its_own_message()
    {
        var text = WireFixtures.Text("hostile-messages-mixed-bad-good.json").Replace("{ \"id\": 5 }", "{}", StringComparison.Ordinal);
        var poisoned = text.Replace("null,", "{\"\\ud83d\":1,\"from\":\"15550100101\",\"type\":\"text\"},", StringComparison.Ordinal);
        poisoned.ShouldNotBe(text);

        WebhookParser.Parse(Encoding.UTF8.GetBytes(poisoned)).Items.OfType<InboundMessage>()
            .ShouldContain(message => message.Text == "the only good one");
    }

    [Fact]
    public void Large_batches_do_not_stall()
    {
        var small = WireFixtures.Bytes("inbound-text.json");
        var batch = WireFixtures.Bytes("inbound-batch-1000.json");
        var wide = WireFixtures.Bytes("hostile-wide-5000-changes.json");
        for (var i = 0; i < 2_000; i++)
        {
            WebhookParser.Parse(small);
        }

        WebhookParser.Parse(batch);
        WebhookParser.Parse(wide);

        var perSecond = Enumerable.Range(0, 5).Max(_ => 5_000 / Timed(() => Repeat(5_000, () => WebhookParser.Parse(small))).TotalSeconds);
        var batchTime = Enumerable.Range(0, 5).Min(_ => Timed(() => WebhookParser.Parse(batch)));
        var wideTime = Enumerable.Range(0, 5).Min(_ => Timed(() => WebhookParser.Parse(wide)));
        output.WriteLine($"{perSecond:n0} small payloads/s; 1000 messages {batchTime.TotalMilliseconds:n1} ms; 5000 changes {wideTime.TotalMilliseconds:n1} ms");

        // A ceiling against standing still, a thousand times what was measured; how fast it is, is the benchmark's to say.
        batchTime.TotalSeconds.ShouldBeLessThan(10);
        wideTime.TotalSeconds.ShouldBeLessThan(10);
    }

    [Fact]
    public void A_message_with_200000_keys_and_a_depth_of_a_million_do_not_stall()
    {
        var keys = new StringBuilder("{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"field\":\"messages\",\"value\":{");
        for (var i = 0; i < 200_000; i++)
        {
            keys.Append($"\"k{i}\":1,");
        }

        var wide = Encoding.UTF8.GetBytes(keys.Append("\"metadata\":{\"phone_number_id\":\"1\"}}}]}]}").ToString());
        var deep = Encoding.UTF8.GetBytes(new string('[', 1_000_000));

        Timed(() => WebhookParser.Parse(wide)).TotalSeconds.ShouldBeLessThan(5);
        Timed(() => WebhookParser.Parse(deep)).TotalSeconds.ShouldBeLessThan(5);
    }

    private static void Check(WebhookItem item)
    {
        switch (item)
        {
            case InboundMessage message:
                CheckText(message.Text, WireText.MaxLength);
                CheckText(message.ProfileName, WireText.MaxNameLength);
                (message.Phone ?? message.UserId).ShouldNotBeNull();
                CheckSession(message.SessionId);
                message.PhoneNumberId.ShouldNotBeNull();
                (message.Content is MediaContent { MediaId: { } id } && !id.All(char.IsAsciiDigit)).ShouldBeFalse();
                (message.StartsTurn && (string.IsNullOrWhiteSpace(message.Text) || message.IsGroup || message.IsFromBusiness)).ShouldBeFalse();
                break;
            case StatusUpdate status:
                status.ProviderId.ShouldNotBeEmpty();
                break;
            case OwnerEcho echo:
                CheckText(echo.Text, WireText.MaxLength);
                CheckSession(echo.SessionId);
                break;
            case Ignored ignored:
                CheckText(ignored.Reason, 400);
                break;
        }
    }

    private static void CheckSession(string? session) =>
        (session is null || (session.StartsWith("wa_", StringComparison.Ordinal) && session.Length > 3
            && session.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-'))).ShouldBeTrue(session);

    private static void CheckText(string? text, int limit)
    {
        if (text is null)
        {
            return;
        }

        (text.Length <= limit).ShouldBeTrue($"{text.Length} units");
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]) || (char.IsControl(text[i]) && text[i] is not ('\n' or '\t')))
            {
                throw new InvalidOperationException($"U+{(int)text[i]:X4} came through");
            }
        }
    }

    private static TimeSpan Timed(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start);
    }

    private static void Repeat(int count, Action action)
    {
        for (var i = 0; i < count; i++)
        {
            action();
        }
    }
}
