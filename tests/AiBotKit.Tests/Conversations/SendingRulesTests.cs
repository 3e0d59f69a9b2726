using AiBotKit.Durability;
using CsCheck;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>The pure rules of windows, statuses, retries, order of sends and limits, at their exact boundaries.</summary>
public sealed class SendingRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public void The_window_is_open_for_24_hours_less_one_tick()
    {
        WindowRules.IsOpen(Now, Now + TimeSpan.FromHours(24) - Tick).ShouldBeTrue();
        WindowRules.IsOpen(Now, Now + TimeSpan.FromHours(24)).ShouldBeFalse();
        WindowRules.IsOpen(null, Now).ShouldBeFalse();
        WindowRules.Left(Now, Now + TimeSpan.FromHours(24) - Tick).ShouldBe(Tick);
        WindowRules.Left(Now, Now + TimeSpan.FromHours(25)).ShouldBe(TimeSpan.Zero);
        WindowRules.Left(null, Now).ShouldBe(TimeSpan.Zero);
    }

    /// <summary>F27, F28: whatever the zone shows at that instant, changes of summer time and leap days included.</summary>
    [Fact]
    public void The_window_counts_elapsed_time_and_never_what_a_wall_clock_shows()
    {
        TimeZoneInfo[] zones = [.. ((string[])["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Apia", "Africa/Casablanca"]).Select(TimeZoneInfo.FindSystemTimeZoneById)];
        DateTimeOffset[] changes = [new(2026, 3, 29, 1, 0, 0, default), new(2026, 10, 25, 1, 0, 0, default), new(2026, 2, 15, 2, 0, 0, default), new(2026, 3, 22, 2, 0, 0, default), new(2028, 2, 29, 0, 0, 0, default)];
        var random = new Random(LongRun.Seed());
        for (var i = 0; i < LongRun.Count(100_000, 1_000_000); i++)
        {
            // Half of them around a change, half of the spans at the very edge.
            var last = i % 2 == 0 ? changes[random.Next(changes.Length)].AddSeconds(random.Next(-90_000, 90_000)) : new DateTimeOffset(random.NextInt64(new DateTime(2020, 1, 1).Ticks, new DateTime(2040, 1, 1).Ticks), default);
            var span = random.Next(2) == 0 ? TimeSpan.FromHours(24) + TimeSpan.FromSeconds(random.Next(-1, 2)) : TimeSpan.FromSeconds(random.Next(200_000));
            var (there, here) = (TimeZoneInfo.ConvertTime(last, zones[random.Next(zones.Length)]), TimeZoneInfo.ConvertTime(last + span, zones[random.Next(zones.Length)]));
            WindowRules.IsOpen(there, here).ShouldBe(span.TotalSeconds < 86_400, $"{there} {here}");
        }
    }

    [Fact]
    public void For_the_assistant_the_window_closes_a_minute_earlier()
    {
        WindowRules.IsOpenForAi(Now, Now + TimeSpan.FromHours(24) - TimeSpan.FromSeconds(60) - Tick).ShouldBeTrue();
        WindowRules.IsOpenForAi(Now, Now + TimeSpan.FromHours(24) - TimeSpan.FromSeconds(60)).ShouldBeFalse();
        WindowRules.IsOpenForAi(null, Now).ShouldBeFalse();
    }

    [Fact]
    public void Statuses_in_any_order_and_repeated_end_the_same() =>
        Gen.Enum<DeliveryStatus>().Array[1, 8].SelectMany(a => Gen.Shuffle(a).Select(b => (First: a, Second: b))).Sample(
            pair => End(pair.First) == End(pair.Second) && End(pair.First) == End([.. pair.First, .. pair.Second]));

    [Theory]
    [InlineData(DeliveryStatus.Failed, DeliveryStatus.Sent, MessageStatus.Failed)]
    [InlineData(DeliveryStatus.Failed, DeliveryStatus.Delivered, MessageStatus.Delivered)]
    [InlineData(DeliveryStatus.Read, DeliveryStatus.Delivered, MessageStatus.Read)]
    [InlineData(DeliveryStatus.Read, DeliveryStatus.Failed, MessageStatus.Read)]
    [InlineData(DeliveryStatus.Played, DeliveryStatus.Read, MessageStatus.Played)]
    internal void The_furthest_status_wins(DeliveryStatus first, DeliveryStatus second, MessageStatus end) => End([first, second]).ShouldBe(end);

    [Theory]
    [InlineData(RejectionKind.Retry, 1, 0, 1)]
    [InlineData(RejectionKind.Retry, 2, 5, 4)]
    [InlineData(RejectionKind.Retry, 4, 0, 64)]
    [InlineData(RejectionKind.Retry, 7, 0, 300)]
    [InlineData(RejectionKind.Retry, 8, 0, null)]
    [InlineData(RejectionKind.WaitPair, 0, 1, 6)]
    [InlineData(RejectionKind.WaitPair, 7, 2, 24)]
    [InlineData(RejectionKind.WaitPair, 0, 99, 300)]
    [InlineData(RejectionKind.WaitConnection, 0, 1, 1)]
    [InlineData(RejectionKind.WaitConnection, 0, 99, 900)]
    [InlineData(RejectionKind.WindowClosed, 1, 9, 4)]
    [InlineData(RejectionKind.WindowClosed, 2, 0, null)]
    [InlineData(RejectionKind.Final, 1, 0, null)]
    [InlineData(RejectionKind.ConnectionBroken, 1, 0, null)]
    [InlineData(RejectionKind.OwnerNeeded, 1, 0, null)]
    internal void A_refused_send_waits_as_its_kind_says(RejectionKind kind, int tries, int waits, int? seconds) =>
        RetryRules.Delay(Refused(kind), tries, waits, 0).ShouldBe(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null);

    [Theory]
    [InlineData(RejectionKind.Final, 1)]
    [InlineData(RejectionKind.ConnectionBroken, 1)]
    [InlineData(RejectionKind.WindowClosed, 2)]
    [InlineData(RejectionKind.Retry, RetryRules.MaxAttempts)]
    internal void What_is_given_up_stays_given_up_whatever_the_provider_wishes(RejectionKind kind, int tries) =>
        RetryRules.Delay(Refused(kind) with { RetryAfter = TimeSpan.FromSeconds(3) }, tries, 0, 0.5).ShouldBeNull();

    [Theory]
    [InlineData(RejectionKind.Retry)]
    [InlineData(RejectionKind.WaitPair)]
    [InlineData(RejectionKind.WaitConnection)]
    internal void The_providers_wish_counts_up_to_a_quarter_of_an_hour(RejectionKind kind)
    {
        RetryRules.Delay(Refused(kind) with { RetryAfter = TimeSpan.FromSeconds(17) }, 1, 1, 0.9).ShouldBe(TimeSpan.FromSeconds(17));
        RetryRules.Delay(Refused(kind) with { RetryAfter = TimeSpan.FromHours(9) }, 1, 1, 0).ShouldBe(TimeSpan.FromMinutes(15));
    }

    [Fact]
    public void A_code_may_begin_its_back_off_later_and_end_it_sooner()
    {
        RetryRules.Delay(Refused(RejectionKind.Retry), 1, 0, 1).ShouldBe(TimeSpan.FromSeconds(1.25));
        RetryRules.Delay(Refused(RejectionKind.Retry) with { FirstWait = TimeSpan.FromSeconds(60) }, 1, 0, 0).ShouldBe(TimeSpan.FromSeconds(60));
        RetryRules.Delay(Refused(RejectionKind.WaitConnection) with { FirstWait = TimeSpan.FromMinutes(3) }, 0, 2, 0).ShouldBe(TimeSpan.FromMinutes(12));
        RetryRules.Delay(Refused(RejectionKind.Retry) with { MaxRetries = 2 }, 2, 0, 0).ShouldNotBeNull();
        RetryRules.Delay(Refused(RejectionKind.Retry) with { MaxRetries = 2 }, 3, 0, 0).ShouldBeNull();
    }

    [Fact]
    public void Only_hand_overs_that_met_no_limit_use_up_attempts() =>
        Enum.GetValues<RejectionKind>().Where(RetryRules.Counts).ShouldBe([RejectionKind.Retry, RejectionKind.WindowClosed, RejectionKind.Final, RejectionKind.OwnerNeeded], ignoreOrder: true);

    [Fact]
    public void Five_silences_in_a_row_open_the_breaker_and_any_verdict_closes_it()
    {
        var silence = new SendOutcome.Ambiguous("x");
        var breaker = default(Breaker);
        for (var i = 1; i < BreakerRules.Threshold; i++)
        {
            breaker = BreakerRules.After(breaker, silence, Now, 0);
            BreakerRules.Allowed(breaker, 32, Now).ShouldBe(32);
        }

        breaker = BreakerRules.After(breaker, silence, Now, 0);
        BreakerRules.Allowed(breaker, 32, Now + TimeSpan.FromSeconds(1) - Tick).ShouldBe(0);
        BreakerRules.Allowed(breaker, 32, Now + TimeSpan.FromSeconds(1)).ShouldBe(1);
        BreakerRules.After(breaker, silence, Now, 0).OpenUntil.ShouldBe(Now + TimeSpan.FromSeconds(2));
        Enumerable.Range(0, 50).Aggregate(breaker, (b, _) => BreakerRules.After(b, silence, Now, 1)).OpenUntil.ShouldBe(Now + TimeSpan.FromMinutes(1));
        SendOutcome[] verdicts = [new SendOutcome.Accepted(null), Refused(RejectionKind.Final), Refused(RejectionKind.WaitPair), Refused(RejectionKind.WindowClosed), Refused(RejectionKind.ConnectionBroken)];
        verdicts.ShouldAllBe(verdict => BreakerRules.After(breaker, verdict, Now, 0) == default);
    }

    [Fact]
    public void A_short_line_is_served_in_order_and_a_long_one_newest_first_with_every_fourth_the_oldest()
    {
        var keys = Enumerable.Range(0, 8).Select(_ => Guid.NewGuid()).ToArray();
        var line = new WaitingLine(longFrom: 4);
        foreach (var key in keys.Concat(keys))
        {
            line.Join(key);
        }

        line.Count.ShouldBe(8);
        Guid[] order = [.. Enumerable.Range(0, 8).Select(_ => line.TryTake(out var next) ? next : default)];
        order.ShouldBe([keys[7], keys[6], keys[5], keys[0], keys[4], keys[1], keys[2], keys[3]]);
        line.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public void An_open_send_holds_back_those_behind_it_and_only_a_person_passes_the_assistant()
    {
        var first = Row(SendAuthor.Assistant, OutboxState.Sending);
        var second = Row(SendAuthor.Assistant, OutboxState.New);
        var person = Row(SendAuthor.Person, OutboxState.New);
        SendRules.Next([first, second], Now).ShouldBe((null, null));
        SendRules.Next([first, second, person], Now).Row.ShouldBe(person);
        SendRules.Next([person with { State = OutboxState.Sending }, second, person], Now).Row.ShouldBeNull();
        SendRules.Next([second], Now).Row.ShouldBe(second);
        SendRules.Next([], Now).ShouldBe((null, null));
    }

    [Fact]
    public void A_send_is_due_at_its_instant_and_blocks_until_then()
    {
        var waiting = Row(SendAuthor.Assistant, OutboxState.New) with { DueAt = Now + Tick };
        SendRules.Next([waiting, Row(SendAuthor.Assistant, OutboxState.New)], Now).ShouldBe((null, Now + Tick));
        SendRules.Next([waiting], Now + Tick).Row.ShouldBe(waiting);
    }

    [Fact]
    public void An_unconfirmed_send_holds_for_ten_seconds()
    {
        var lost = Row(SendAuthor.Assistant, OutboxState.Unconfirmed) with { StartedAt = Now };
        var next = Row(SendAuthor.Assistant, OutboxState.New);
        var end = Now + SendRules.UnconfirmedHolds;
        SendRules.Next([lost, next], end - Tick).ShouldBe((null, end));
        SendRules.Next([lost, next], end).Row.ShouldBe(next);
    }

    [Fact]
    public void A_bucket_gives_its_capacity_and_then_one_per_refill()
    {
        var bucket = new TokenBucket(2, TimeSpan.FromSeconds(6), Now);
        bucket.Take(Now);
        bucket.WaitFor(Now).ShouldBe(TimeSpan.Zero);
        bucket.Take(Now);
        bucket.WaitFor(Now).ShouldBe(TimeSpan.FromSeconds(6));
        bucket.WaitFor(Now.AddSeconds(3)).ShouldBe(TimeSpan.FromSeconds(3));
        bucket.WaitFor(Now.AddSeconds(6)).ShouldBe(TimeSpan.Zero);
        bucket.IsFull(Now.AddHours(1)).ShouldBeTrue();
        bucket.PutBack();
        bucket.Take(Now.AddHours(1));
        bucket.IsFull(Now.AddHours(1)).ShouldBeFalse();
    }

    [Fact]
    public void A_bucket_does_not_drain_when_the_clock_jumps_back_and_remembers_what_was_used()
    {
        var bucket = new TokenBucket(3, TimeSpan.FromSeconds(6), Now, used: 2);
        bucket.WaitFor(Now.AddHours(-1)).ShouldBe(TimeSpan.Zero);
        bucket.Take(Now.AddHours(-1));
        bucket.WaitFor(Now.AddHours(-1)).ShouldBe(TimeSpan.FromSeconds(6));
        new TokenBucket(3, TimeSpan.FromSeconds(6), Now, used: 99).WaitFor(Now).ShouldBe(TimeSpan.FromSeconds(6));
    }

    private static SendOutcome.Rejected Refused(RejectionKind kind) => new(kind, 1, "x");

    private static MessageStatus End(IEnumerable<DeliveryStatus> reported) => reported.Aggregate(MessageStatus.Accepted, StatusRules.Next);

    private static OpenSend Row(SendAuthor author, OutboxState state) =>
        new(Guid.NewGuid(), Guid.Empty, Guid.Empty, author, state, Now, null, "15550100101");
}
