using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults.Sending;

/// <summary>Messages late, shuffled, repeated, in bursts and in masses (fault matrix F29, F30, F32, F33, F46), with time warped.</summary>
public sealed class ArrivalFaultTests
{
    private const string Unanswered = "SELECT count(*) FROM messages WHERE Role = 0 AND Outcome IS NULL";

    [Fact]
    public void F29_F32_a_message_that_comes_again_after_days_or_after_its_erasure_is_no_new_one()
    {
        using var rig = new SendRig(41);
        var said = Enumerable.Range(0, LongRun.Count(50, 2_000)).Select(i => ($"1555070{i:D5}", $"wamid.{i}", $"question {i}", rig.Clock.GetUtcNow())).ToArray();
        rig.Do(rig.ArriveAsync(said)).Stored.ShouldBe(said.Length);
        rig.Run(() => rig.Number(Unanswered) == 0);
        rig.RunToTheEnd();
        var sends = rig.Calls.Count;
        sends.ShouldBe(said.Length);
        foreach (var later in (double[])[0.001, 2, 6, 22])
        {
            rig.Run(TimeSpan.FromDays(later));
            rig.Do(rig.ArriveAsync(said)).ShouldBe(new IngestResult(0, said.Length, 0, 0));
        }

        rig.Execute("DELETE FROM raw_items");
        rig.Execute("DELETE FROM messages WHERE Role = 0");
        rig.Do(rig.ArriveAsync(said)).ShouldBe(new IngestResult(0, said.Length, 0, 0));
        rig.Run(TimeSpan.FromMinutes(5));
        rig.Calls.Count.ShouldBe(sends);
    }

    [Fact]
    public void F30_what_comes_shuffled_and_days_late_stands_in_the_customers_order_and_is_not_answered_when_it_is_old()
    {
        using var rig = new SendRig(42);
        var now = rig.Clock.GetUtcNow();
        var said = Enumerable.Range(0, LongRun.Count(500, 10_000)).Select(i => ("15550100101", $"wamid.{i}", $"{i:D5}", now - TimeSpan.FromSeconds(rig.Random.Next(7 * 86_400)))).ToArray();
        var newest = said.Max(m => m.Item4);
        long? last = null;
        foreach (var batch in said.OrderBy(_ => rig.Random.Next()).Chunk(7))
        {
            rig.Do(rig.ArriveAsync(batch));
            var inbound = rig.Number("SELECT LastInboundAt FROM conversations");
            inbound.ShouldBeGreaterThanOrEqualTo(last ?? 0, "the window never shrinks");
            last = inbound;
        }

        last.ShouldBe(newest.UtcTicks);
        rig.Run(() => rig.Number(Unanswered) == 0);
        rig.RunToTheEnd();
        // Messages of the same second stand as they arrived.
        var saidAt = said.ToDictionary(m => m.Item3, m => m.Item4);
        rig.Texts("SELECT Text FROM messages WHERE Role = 0 ORDER BY At, Seq").Select(text => saidAt[text]).ShouldBe(said.Select(m => m.Item4).Order());
        var late = said.Where(m => m.Item4 <= now - TimeSpan.FromHours(1)).Select(m => m.Item3).ToHashSet();
        rig.Texts("SELECT Text FROM messages WHERE Role = 0 AND Outcome = 'late'").ToHashSet().ShouldBe(late, ignoreOrder: true);
        rig.Calls.Exists(c => c.Send.Text.Split('|', ' ').Any(late.Contains)).ShouldBeFalse();
        rig.Number("SELECT count(*) FROM conversations WHERE WaitingReason = 'late'").ShouldBe(1);
    }

    [Fact]
    public void F33_a_burst_of_eight_lines_in_ten_seconds_is_answered_in_at_most_two_turns_and_each_line_once()
    {
        using var rig = new SendRig(43);
        var bursts = LongRun.Count(40, 1_000);
        var writing = Enumerable.Range(0, bursts).Select(b => BurstAsync(rig, b)).ToList();
        rig.Run(() => writing.TrueForAll(w => w.IsCompleted) && rig.Number(Unanswered) == 0);
        rig.RunToTheEnd();
        rig.Number("SELECT count(*) FROM messages WHERE Role = 0 AND Outcome = 'answered' AND TurnId IS NOT NULL").ShouldBe(8 * bursts);
        rig.Number("SELECT count(*) FROM (SELECT ConversationId, count(*) AS replies FROM outbox WHERE State = 3 GROUP BY ConversationId) WHERE replies > 2").ShouldBe(0);
        var answered = rig.Calls.SelectMany(c => c.Send.Text["re ".Length..].Split('|')).ToList();
        answered.Count.ShouldBe(8 * bursts);
        answered.Distinct().Count().ShouldBe(8 * bursts);
        rig.Rows().ShouldAllBe(r => r.Waits == 0);
    }

    /// <summary>An outage is over: everything that waited comes at once, while customers go on writing.</summary>
    [Fact]
    public void F46_after_an_outage_the_old_goes_to_people_the_rest_is_answered_once_and_live_customers_first()
    {
        using var rig = new SendRig(44);
        // As many customers as take longer to answer than a live one may wait: with fewer, any order would do.
        var (count, customers) = (LongRun.Count(3_000, 100_000), LongRun.Count(1_500, 5_000));
        var now = rig.Clock.GetUtcNow();
        var said = Enumerable.Range(0, count).Select(i => ($"1555080{i % customers:D5}", $"wamid.{i}", $"{i:D6}", now - TimeSpan.FromMinutes(rig.Random.Next(180)))).ToArray();
        foreach (var batch in said.OrderBy(_ => rig.Random.Next()).Chunk(50))
        {
            rig.Do(rig.ArriveAsync(batch)).Stored.ShouldBe(batch.Length);
        }

        var asked = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        for (var i = 0; i < 60; i++)
        {
            asked[$"15550990{i:D4}"] = rig.Clock.GetUtcNow();
            rig.Do(rig.ArriveAsync(($"15550990{i:D4}", $"wamid.live.{i}", "live", rig.Clock.GetUtcNow()))).Stored.ShouldBe(1);
            rig.Run(TimeSpan.FromMilliseconds(300));
        }

        rig.Run(() => rig.Number(Unanswered) == 0);
        rig.RunToTheEnd();
        rig.Number("SELECT count(*) FROM messages WHERE Role = 0 AND Outcome NOT IN ('answered', 'late')").ShouldBe(0);
        rig.Number("SELECT count(*) FROM messages WHERE Role = 0").ShouldBe(count + asked.Count, "lost");
        var late = said.Where(m => m.Item4 <= now - TimeSpan.FromHours(1)).ToList();
        rig.Number("SELECT count(*) FROM messages WHERE Outcome = 'late'").ShouldBeGreaterThanOrEqualTo(late.Count);
        rig.Calls.GroupBy(c => c.Send.Recipient).ShouldAllBe(replies => replies.Count() == 1);
        var live = rig.Calls.Where(c => asked.ContainsKey(c.Send.Recipient)).Select(c => c.At - asked[c.Send.Recipient]).Order().ToList();
        live.Count.ShouldBe(asked.Count);
        live[(int)(live.Count * 0.95)].ShouldBeLessThan(TimeSpan.FromSeconds(10));
        TestContext.Current.TestOutputHelper!.WriteLine($"live p95 {live[(int)(live.Count * 0.95)].TotalSeconds:F1} s of virtual time, drained after {(rig.Clock.GetUtcNow() - now).TotalSeconds:F0} s");
    }

    [Fact]
    public void A_connection_older_than_the_switch_counts_as_enabled_for_arrivals_turns_and_sends()
    {
        using var rig = new SendRig(45);
        rig.Execute("UPDATE connections SET Enabled = NULL");
        rig.Do(rig.ArriveAsync(("15550100101", "wamid.1", "Hello?", rig.Clock.GetUtcNow())));
        rig.Run(() => rig.Number(Unanswered) == 0);
        rig.RunToTheEnd();
        rig.Texts("SELECT Outcome FROM messages WHERE Role = 0").ShouldBe(["answered"]);
        rig.Rows().ShouldHaveSingleItem().State.ShouldBe(OutboxState.Accepted);
        rig.Execute("UPDATE connections SET Enabled = 0");
        rig.Do(rig.ArriveAsync(("15550100101", "wamid.2", "Hello?", rig.Clock.GetUtcNow())));
        rig.Texts("SELECT Outcome FROM messages WHERE Role = 0").ShouldBe(["answered", "paused"]);
    }

    private static async Task BurstAsync(SendRig rig, int burst)
    {
        await rig.DelayAsync(TimeSpan.FromMilliseconds(rig.Random.Next(5_000)));
        for (var line = 0; line < 8; line++)
        {
            await rig.ArriveAsync(($"1555090{burst:D5}", $"wamid.{burst}.{line}", $"{burst:D4}.{line}", rig.Clock.GetUtcNow()));
            await rig.DelayAsync(TimeSpan.FromMilliseconds(rig.Random.Next(700, 1_400)));
        }
    }
}
