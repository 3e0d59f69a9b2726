using System.Net;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Tests.Channels.WhatsApp;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults.Sending;

/// <summary>Providers that fail, hang, limit and refuse (fault matrix F13, F14, F15, F17, F20): what becomes of every message.</summary>
public sealed class ProviderFaultTests
{
    private static readonly SendOutcome.Rejected Busy = new(RejectionKind.Retry, 131016, "WhatsApp was unavailable for a moment.");
    private static readonly SendOutcome.Rejected Unreachable = new(RejectionKind.WaitConnection, null, "The message was not sent yet: the provider could not be reached.");
    private static readonly SendOutcome Silence = new SendOutcome.Ambiguous("no answer in time");

    [Fact]
    public void F13_with_up_to_five_faults_each_no_send_is_lost_or_doubled_without_a_flag()
    {
        var seed = LongRun.Seed();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        using var rig = Faulty(seed, null);
        rig.Violations().ShouldBeEmpty($"seed {seed}");
        var rows = rig.Rows();
        TestContext.Current.TestOutputHelper.WriteLine(
            $"{rows.Count} messages, {rig.Calls.Count} hand-overs, {rows.Count(r => r.Duplicate)} flagged, {rows.Count(r => r.EndReason == "not confirmed")} shown as not confirmed, at most {rows.Max(r => r.Attempt - r.Waits)} attempts");
    }

    [Fact]
    public void F13_the_check_notices_a_blind_resend() =>
        Faulted(outcome => outcome is SendOutcome.Ambiguous ? Busy : outcome).ShouldContain(wrong => wrong.StartsWith("duplicated", StringComparison.Ordinal));

    [Fact]
    public void F13_the_check_notices_a_silence_that_counts_as_sent() =>
        Faulted(outcome => outcome is SendOutcome.Ambiguous ? new SendOutcome.Accepted(null) : outcome).ShouldContain(wrong => wrong.StartsWith("lost", StringComparison.Ordinal));

    [Fact]
    public void F14_our_own_pace_keeps_a_strict_provider_from_ever_answering_429()
    {
        using var rig = new SendRig(1);
        var strict = new StrictProvider(rig, perSecond: 80, burst: 45, refill: TimeSpan.FromSeconds(6));
        rig.Provider = strict.AnswerAsync;
        var customers = LongRun.Count(20, 50);
        rig.Queue(0, Messages(customers, each: LongRun.Count(50, 100)));
        rig.RunToTheEnd(TimeSpan.FromHours(1));
        rig.Rows().ShouldAllBe(r => r.State == OutboxState.Accepted && !r.Duplicate);
        rig.Violations().ShouldBeEmpty();
        ((double)strict.Refused).ShouldBeLessThanOrEqualTo(rig.Calls.Count * 0.01, $"{strict.Refused} of {rig.Calls.Count} calls");
    }

    [Fact]
    public void F14_a_provider_that_allows_less_than_we_know_gets_everything_in_the_end_and_its_wish_is_obeyed()
    {
        using var rig = new SendRig(2);
        var wish = TimeSpan.FromSeconds(20);
        var strict = new StrictProvider(rig, perSecond: 10, burst: 3, refill: TimeSpan.FromSeconds(9)) { RetryAfter = wish };
        rig.Provider = strict.AnswerAsync;
        rig.Queue(0, Messages(30, each: 4));
        rig.RunToTheEnd(TimeSpan.FromHours(4));
        rig.Rows().ShouldAllBe(r => r.State == OutboxState.Accepted);
        rig.Rows().ShouldContain(r => r.Waits > 0);
        rig.Violations().ShouldBeEmpty();
        strict.Disobeyed.ShouldBe(0, "a call began during the pause that the provider asked for");
    }

    [Fact]
    public void F14_a_limit_met_twenty_times_fails_no_message()
    {
        using var rig = new SendRig(3);
        rig.Provider = call => Task.FromResult<SendOutcome>(call.Number < 20 ? new SendOutcome.Rejected(RejectionKind.WaitPair, 131056, "too many") : new SendOutcome.Accepted(call.ProviderId));
        rig.Queue(0, [("15550100101", "a")]);
        rig.RunToTheEnd(TimeSpan.FromHours(3));
        rig.Rows().ShouldHaveSingleItem().ShouldSatisfyAllConditions(r => r.State.ShouldBe(OutboxState.Accepted), r => r.Waits.ShouldBe(20), r => r.Attempt.ShouldBe(21));
    }

    [Fact]
    public void F15_an_account_whose_provider_hangs_slows_no_other_and_its_messages_are_not_all_put_at_risk()
    {
        var alone = Neighbour(hanging: false, out _);
        var beside = Neighbour(hanging: true, out var rig);
        using (rig)
        {
            beside.ShouldBeLessThanOrEqualTo(alone * 1.2 + TimeSpan.FromMilliseconds(10));
            // The breaker keeps the rest of the queue: what was in flight, and one trial at a time.
            var tried = rig.Calls.Where(c => c.Send.ConnectionId == SendRig.ConnectionId(0)).Select(c => c.RowKey).Distinct().Count();
            tried.ShouldBeLessThanOrEqualTo(32 + 20);
            rig.Provider = static call => Task.FromResult<SendOutcome>(new SendOutcome.Accepted(call.ProviderId));
            rig.RunToTheEnd();
            rig.Rows().Count(r => r.State == OutboxState.Accepted).ShouldBeGreaterThanOrEqualTo(rig.Rows().Count - tried);
            rig.Rows().Where(r => r.State != OutboxState.Accepted).ShouldAllBe(r => r.Reason != null && r.Wanted != null);
        }
    }

    [Fact]
    public void F17_taken_and_then_silent_is_found_by_its_status_and_sent_once()
    {
        using var rig = new SendRig(4);
        rig.Provider = async call =>
        {
            call.Taken = true;
            await rig.DelayAsync(TimeSpan.FromSeconds(15));
            rig.Meanwhile(TellAsync(rig, call, TimeSpan.FromSeconds(rig.Random.Next(0, 80))));
            return Silence;
        };
        rig.Queue(0, Messages(40, each: 1));
        rig.RunToTheEnd();
        rig.Violations().ShouldBeEmpty();
        rig.Rows().ShouldAllBe(r => r.State == OutboxState.Accepted && !r.Duplicate && r.Attempt == 1);
    }

    [Fact]
    public void F17_without_a_status_the_reply_is_sent_once_more_and_flagged_a_persons_message_never()
    {
        using var rig = new SendRig(5);
        rig.Provider = call => Task.FromResult(call.Number == 0 ? Silence : new SendOutcome.Accepted(call.ProviderId));
        rig.Queue(0, [("15550100101", "a")]);
        rig.Run(SendRig.AmbiguousWait - TimeSpan.FromSeconds(1));
        rig.Calls.Count.ShouldBe(1);
        rig.RunToTheEnd();
        rig.Rows().ShouldHaveSingleItem().ShouldSatisfyAllConditions(r => r.Duplicate.ShouldBeTrue(), r => r.State.ShouldBe(OutboxState.Accepted), r => r.Attempt.ShouldBe(2));

        using var persons = new SendRig(6) { Provider = static _ => Task.FromResult(Silence) };
        persons.Queue(0, [("15550100101", "a")], SendAuthor.Person);
        persons.RunToTheEnd();
        persons.Run(TimeSpan.FromMinutes(20));
        persons.Calls.Count.ShouldBe(1);
        var shown = persons.Rows().ShouldHaveSingleItem();
        (shown.Status, shown.EndReason, shown.Duplicate).ShouldBe((MessageStatus.Unconfirmed, "not confirmed", false));
        shown.Reason.ShouldNotBeNull();
    }

    public static TheoryData<string> Errors() =>
        [.. WireFixtures.Index().Where(e => e.Kind == "response" && (e.File.StartsWith("error-", StringComparison.Ordinal) || e.File.StartsWith("pinbot-error-", StringComparison.Ordinal))).Select(e => e.File)];

    [Theory]
    [MemberData(nameof(Errors))]
    public void F20_every_error_of_the_wire_does_to_the_message_what_the_table_says(string file)
    {
        var status = (HttpStatusCode)(WireFixtures.Index().Single(e => e.File == file).HttpStatus ?? 400);
        var error = ProviderAnswers.OfSend(new Exchange.Answered(status, WireFixtures.Bytes(file), "application/json", null)).ShouldBeOfType<SendOutcome.Rejected>();
        using var rig = new SendRig(7) { Provider = _ => Task.FromResult<SendOutcome>(error) };
        rig.Queue(0, [("15550100101", "a"), ("15550100102", "b")]);
        switch (error.Kind)
        {
            case RejectionKind.Final:
                rig.RunToTheEnd();
                rig.Calls.Count.ShouldBe(2, "no retry of what is permanent");
                rig.Rows().ShouldAllBe(r => r.Status == MessageStatus.Failed && r.Code == error.Code && r.Reason == error.Reason && r.Wanted == "send_failed");
                rig.BrokenReason(0).ShouldBeNull();
                break;
            case RejectionKind.OwnerNeeded:
                rig.RunToTheEnd();
                rig.Calls.Count.ShouldBe(2, "no retry of what is permanent, and nobody is held up");
                rig.Rows().ShouldAllBe(r => r.Status == MessageStatus.Failed && r.Code == error.Code && r.Reason == error.Reason && r.Wanted == "send_failed");
                rig.BrokenReason(0).ShouldBe(error.Reason, "the owner is told");
                rig.Provider = static call => Task.FromResult<SendOutcome>(call.Number == 2
                    ? new SendOutcome.Rejected(RejectionKind.WaitPair, 131056, "Too many messages went to this customer.")
                    : new SendOutcome.Rejected(RejectionKind.Final, 131026, "The customer is not on WhatsApp."));
                rig.Queue(0, [("15550100104", "d"), ("15550100105", "e")]);
                rig.Run(TimeSpan.FromMinutes(1));
                rig.Calls.Count.ShouldBe(5, "another refusal does not turn red into held: d waited for its pair limit, e went at once");
                rig.Provider = static call => Task.FromResult<SendOutcome>(new SendOutcome.Accepted(call.ProviderId));
                rig.Queue(0, [("15550100106", "f")]);
                rig.RunToTheEnd();
                rig.BrokenReason(0).ShouldBeNull("it works again");
                break;
            case RejectionKind.ConnectionBroken:
                rig.Run(TimeSpan.FromMinutes(4));
                rig.Calls.Count.ShouldBeLessThanOrEqualTo(2, "the queue is held");
                rig.BrokenReason(0).ShouldBe(error.Reason);
                rig.BrokenReason(1).ShouldBeNull();
                rig.Rows().ShouldAllBe(r => r.State == OutboxState.New);
                rig.Provider = static call => Task.FromResult<SendOutcome>(new SendOutcome.Accepted(call.ProviderId));
                rig.RunToTheEnd(TimeSpan.FromMinutes(6));
                rig.BrokenReason(0).ShouldBeNull("it works again");
                rig.Rows().ShouldAllBe(r => r.State == OutboxState.Accepted && r.Reason == null && r.Code == null);
                break;
            case RejectionKind.Retry:
                rig.RunToTheEnd();
                rig.Rows().ShouldAllBe(r => r.Status == MessageStatus.Failed && r.Attempt > 1 && r.Attempt <= Math.Min(RetryRules.MaxAttempts, (error.MaxRetries ?? 99) + 1));
                break;
            default:
                rig.Run(TimeSpan.FromMinutes(20));
                rig.Rows().ShouldAllBe(r => r.State == OutboxState.New && r.Attempt == r.Waits);
                rig.Calls.Count.ShouldBeLessThanOrEqualTo(20);
                rig.Provider = static call => Task.FromResult<SendOutcome>(new SendOutcome.Accepted(call.ProviderId));
                rig.RunToTheEnd();
                rig.Rows().ShouldAllBe(r => r.State == OutboxState.Accepted);
                break;
        }
    }

    [Fact]
    public void A_window_that_only_the_provider_sees_closed_gets_one_more_try_and_our_own_clock_stays()
    {
        using var rig = new SendRig(8) { Provider = static _ => Task.FromResult<SendOutcome>(new SendOutcome.Rejected(RejectionKind.WindowClosed, 131047, "More than 24 hours have passed.")) };
        rig.Queue(0, [("15550100101", "a")]);
        var before = rig.Number("SELECT LastInboundAt FROM conversations");
        rig.RunToTheEnd();
        rig.Calls.Count.ShouldBe(2);
        (rig.Calls[1].At - rig.Calls[0].At).ShouldBeInRange(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5));
        rig.Rows().ShouldHaveSingleItem().ShouldSatisfyAllConditions(r => r.Status.ShouldBe(MessageStatus.Failed), r => r.Code.ShouldBe(131047), r => r.Reason.ShouldNotBeNull());
        rig.Number("SELECT LastInboundAt FROM conversations").ShouldBe(before);
    }

    [Fact]
    public void A_reply_held_until_its_window_closed_is_not_sent_and_its_question_goes_to_a_person()
    {
        using var rig = new SendRig(9) { Provider = static _ => Task.FromResult<SendOutcome>(new SendOutcome.Rejected(RejectionKind.WaitPair, 131056, "wait", TimeSpan.FromMinutes(15))) };
        rig.Queue(0, [("15550100101", "a")]);
        rig.Execute("UPDATE conversations SET LastInboundAt = $1", SendRig.Start - TimeSpan.FromHours(23.8));
        rig.RunToTheEnd();
        rig.Calls.Count.ShouldBe(1);
        rig.Rows().ShouldHaveSingleItem().ShouldSatisfyAllConditions(r => r.Status.ShouldBe(MessageStatus.Failed), r => r.Reason!.ShouldContain("24-hour window"), r => r.Wanted.ShouldNotBeNull());
    }

    [Fact]
    public void Sends_that_people_take_back_hold_up_nobody_else()
    {
        using var rig = new SendRig(10);
        rig.Provider = async call =>
        {
            if (call.Send.Text != "taken back")
            {
                return new SendOutcome.Accepted(call.ProviderId);
            }

            await rig.Store.SwitchAiRepliesAsync(call.Send.AccountId, call.Send.ConversationId, false, Actor.System, "off", rig.Clock.GetUtcNow());
            return new SendOutcome.Rejected(RejectionKind.Withdrawn, null, "A person acted before it could go out.");
        };
        rig.Queue(0, Enumerable.Range(0, 8).Select(i => ($"1555030{i:D4}", "taken back")));
        rig.Run(TimeSpan.FromMilliseconds(200));
        var queued = rig.Clock.GetUtcNow();
        rig.Queue(0, Enumerable.Range(0, 8).Select(i => ($"1555031{i:D4}", "wanted")));
        rig.RunToTheEnd();
        rig.Calls.Count.ShouldBe(16, "what was taken back is not tried again");
        rig.Calls.Where(c => c.Taken).Max(c => c.At - queued).ShouldBeLessThan(TimeSpan.FromMilliseconds(500));
        rig.Rows().Where(r => r.State == OutboxState.Cancelled).ShouldAllBe(r => r.EndReason == "human" && r.Attempt == r.Waits);
    }

    private static IEnumerable<(string Customer, string Text)> Messages(int customers, int each) =>
        Enumerable.Range(0, each).SelectMany(n => Enumerable.Range(0, customers).Select(c => ($"1555020{c:D4}", $"{n:D4}")));

    private static async Task TellAsync(SendRig rig, SendRig.Call call, TimeSpan after)
    {
        await rig.DelayAsync(after);
        await rig.ReportAsync(rig.Status(call, DeliveryStatus.Sent), rig.Status(call, DeliveryStatus.Delivered));
    }

    private static List<string> Faulted(Func<SendOutcome, SendOutcome> plant)
    {
        using var rig = Faulty(11, plant);
        return rig.Violations();
    }

    private static SendRig Faulty(int seed, Func<SendOutcome, SendOutcome>? plant)
    {
        var rig = new SendRig(seed, plant);
        var left = new Dictionary<string, int>(StringComparer.Ordinal);
        rig.Provider = async call =>
        {
            await rig.DelayAsync(TimeSpan.FromMilliseconds(rig.Random.Next(20, 400)));
            left.TryAdd(call.RowKey, rig.Random.Next(6));
            if (left[call.RowKey]-- <= 0)
            {
                return new SendOutcome.Accepted(call.ProviderId);
            }

            switch (rig.Random.Next(5))
            {
                case 0:
                    return Busy;
                case 1:
                    return Unreachable;
                case 2:
                    return Silence;
                case 3:
                    // A gateway that gives up after it passed the message on; now and then the status is lost as well.
                    call.Taken = true;
                    if (rig.Random.Next(10) > 0)
                    {
                        rig.Meanwhile(TellAsync(rig, call, TimeSpan.FromSeconds(rig.Random.Next(60))));
                    }

                    return new SendOutcome.Ambiguous("504");
                default:
                    return new SendOutcome.Rejected(RejectionKind.WaitPair, 131056, "too many");
            }
        };
        rig.Queue(0, Messages(LongRun.Count(60, 500), each: LongRun.Count(5, 20)));
        rig.RunToTheEnd(TimeSpan.FromHours(20));
        return rig;
    }

    /// <summary>The 95th percentile of what a healthy account's messages wait.</summary>
    private static TimeSpan Neighbour(bool hanging, out SendRig rig)
    {
        var made = rig = new SendRig(12);
        var queued = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var waits = new List<TimeSpan>();
        made.Provider = async call =>
        {
            if (call.Send.ConnectionId == SendRig.ConnectionId(0))
            {
                await made.DelayAsync(TimeSpan.FromSeconds(15));
                return Silence;
            }

            waits.Add(call.At - queued[call.Send.Text]);
            await made.DelayAsync(TimeSpan.FromMilliseconds(50));
            return new SendOutcome.Accepted(call.ProviderId);
        };
        if (hanging)
        {
            made.Queue(0, Messages(300, each: 2));
        }

        for (var i = 0; i < 100; i++)
        {
            queued[$"{i:D4}"] = made.Clock.GetUtcNow();
            made.Queue(1, [($"1555030{i:D4}", $"{i:D4}")]);
            made.Run(TimeSpan.FromMilliseconds(200));
        }

        made.Run(() => waits.Count == 100);
        if (!hanging)
        {
            made.Dispose();
        }

        return waits.Order().ElementAt(94);
    }

    /// <summary>Enforces a sliding second and a bucket per customer, at arrival, behind a network that shifts calls by up to 40 ms.</summary>
    private sealed class StrictProvider(SendRig rig, int perSecond, int burst, TimeSpan refill)
    {
        private readonly Queue<DateTimeOffset> _second = new();
        private readonly Dictionary<string, TokenBucket> _pairs = new(StringComparer.Ordinal);
        private DateTimeOffset _pauseSince;
        private DateTimeOffset _pauseUntil;

        public TimeSpan? RetryAfter { get; init; }

        public int Refused { get; private set; }

        public int Disobeyed { get; private set; }

        public async Task<SendOutcome> AnswerAsync(SendRig.Call call)
        {
            Disobeyed += call.At > _pauseSince && call.At < _pauseUntil ? 1 : 0;
            await rig.DelayAsync(TimeSpan.FromMilliseconds(rig.Random.Next(40)));
            var now = rig.Clock.GetUtcNow();
            while (_second.TryPeek(out var first) && now - first >= TimeSpan.FromSeconds(1))
            {
                _second.Dequeue();
            }

            if (_second.Count >= perSecond)
            {
                Refused++;
                await rig.DelayAsync(TimeSpan.FromMilliseconds(20));
                _pauseSince = rig.Clock.GetUtcNow();
                _pauseUntil = _pauseSince + (RetryAfter ?? TimeSpan.Zero);
                return new SendOutcome.Rejected(RejectionKind.WaitConnection, 130429, "too many", RetryAfter);
            }

            _second.Enqueue(now);
            if (!_pairs.TryGetValue(call.Send.Recipient, out var pair))
            {
                _pairs.Add(call.Send.Recipient, pair = new TokenBucket(burst, refill, now));
            }

            if (pair.WaitFor(now) > TimeSpan.Zero)
            {
                Refused++;
                return new SendOutcome.Rejected(RejectionKind.WaitPair, 131056, "too many", RetryAfter);
            }

            pair.Take(now);
            await rig.DelayAsync(TimeSpan.FromMilliseconds(20));
            return new SendOutcome.Accepted(call.ProviderId);
        }
    }
}
