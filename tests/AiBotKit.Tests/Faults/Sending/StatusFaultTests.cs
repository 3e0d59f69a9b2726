using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults.Sending;

/// <summary>Statuses early, late, reordered, repeated, of strangers (fault matrix F18, F19): the message ends right whatever their order.</summary>
public sealed class StatusFaultTests
{
    private static readonly SendOutcome.Rejected Undeliverable = new(RejectionKind.Final, 131026, "The message could not be delivered.");
    private static readonly SendOutcome.Rejected Passing = new(RejectionKind.Retry, 131000, "WhatsApp had an internal problem.");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void F18_statuses_before_the_answer_of_the_send_end_right(bool withKey)
    {
        using var rig = new SendRig(21);
        var ends = new Dictionary<string, MessageStatus>(StringComparer.Ordinal);
        rig.Provider = async call =>
        {
            call.Taken = true;
            var (statuses, end) = (call.Number + call.Send.Attempt) % 5 == 0 && call.Send.Attempt == 1
                ? ([rig.Status(call, DeliveryStatus.Sent, null, withKey), rig.Status(call, DeliveryStatus.Failed, Undeliverable, withKey)], MessageStatus.Failed)
                : rig.Random.Next(4) switch
                {
                    0 => ((StatusArrival[])[rig.Status(call, DeliveryStatus.Sent, null, withKey)], MessageStatus.Sent),
                    1 => ([rig.Status(call, DeliveryStatus.Delivered, null, withKey), rig.Status(call, DeliveryStatus.Sent, null, withKey)], MessageStatus.Delivered),
                    2 => ([rig.Status(call, DeliveryStatus.Read, null, withKey)], MessageStatus.Read),
                    // Not delivered for a passing reason: sent again, and that one is read.
                    _ when call.Send.Attempt == 1 => ([rig.Status(call, DeliveryStatus.Failed, Passing, withKey)], MessageStatus.Read),
                    _ => ([rig.Status(call, DeliveryStatus.Read, null, withKey)], MessageStatus.Read),
                };
            if (call.Send.Attempt > 1)
            {
                (statuses, end) = ([rig.Status(call, DeliveryStatus.Read, null, withKey)], MessageStatus.Read);
            }

            ends[call.RowKey] = end;
            if (rig.Random.Next(2) == 0)
            {
                await rig.ReportAsync(statuses);
                await rig.DelayAsync(TimeSpan.FromMilliseconds(rig.Random.Next(100)));
            }
            else
            {
                rig.Meanwhile(LaterAsync(rig, statuses));
            }

            return new SendOutcome.Accepted(call.ProviderId);
        };
        var count = LongRun.Count(400, 10_000);
        rig.Queue(0, Enumerable.Range(0, count).Select(i => ($"1555040{i:D5}", "x")));
        rig.RunToTheEnd();
        rig.Run(TimeSpan.FromMinutes(2));
        rig.RunToTheEnd();
        rig.Rows().Count(r => r.Status != ends[r.Key]).ShouldBe(0, string.Join('\n', rig.Rows().Where(r => r.Status != ends[r.Key]).Take(5)));
        rig.Rows().ShouldContain(r => r.Attempt == 2);
        rig.Rows().Where(r => r.Status == MessageStatus.Failed).ShouldAllBe(r => r.Code == 131026 && r.Reason == Undeliverable.Reason && r.Wanted == "send_failed");
        rig.Number("SELECT count(*) FROM parked_statuses").ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void F19_any_five_statuses_in_any_order_with_repetitions_end_the_same_in_the_store(bool passing)
    {
        using var rig = new SendRig(22);
        DeliveryStatus[] kinds = [DeliveryStatus.Sent, DeliveryStatus.Delivered, DeliveryStatus.Read, DeliveryStatus.Played, DeliveryStatus.Failed];
        var sequences = Sequences(kinds, LongRun.Count(3, 5)).ToList();
        rig.Queue(0, sequences.Select((_, i) => ($"1555050{i:D5}", "x")));
        rig.RunToTheEnd();
        var first = rig.Calls.ToDictionary(c => c.Send.Recipient);
        rig.Provider = static _ => Task.FromResult<SendOutcome>(new SendOutcome.Rejected(RejectionKind.WaitPair, 131056, "wait"));
        for (var i = 0; i < sequences.Count; i += 200)
        {
            rig.Do(rig.ReportAsync(sequences.Skip(i).Take(200).SelectMany((sequence, n) => sequence.Select(status =>
                rig.Status(first[$"1555050{i + n:D5}"], status, status == DeliveryStatus.Failed ? passing ? Passing : Undeliverable : null)))));
        }

        var rows = rig.Rows().ToDictionary(r => r.Recipient);
        for (var i = 0; i < sequences.Count; i++)
        {
            var row = rows[$"1555050{i:D5}"];
            var furthest = sequences[i].Where(s => s is DeliveryStatus.Delivered or DeliveryStatus.Read or DeliveryStatus.Played).Select(s => (MessageStatus)s).DefaultIfEmpty(MessageStatus.Received).Max();
            var failed = sequences[i].Contains(DeliveryStatus.Failed);
            var end = furthest != MessageStatus.Received ? furthest : !failed ? MessageStatus.Sent : passing ? MessageStatus.New : MessageStatus.Failed;
            row.Status.ShouldBe(end, string.Join(' ', sequences[i]));
            row.State.ShouldBe(end switch { MessageStatus.New => OutboxState.New, MessageStatus.Failed => OutboxState.Failed, _ => OutboxState.Accepted }, string.Join(' ', sequences[i]));
        }
    }

    [Fact]
    public void The_statuses_of_an_attempt_that_failed_do_not_confirm_the_next_one()
    {
        using var rig = new SendRig(23);
        rig.Queue(0, [("15550100101", "x")]);
        rig.RunToTheEnd();
        var first = rig.Calls[0];
        rig.Do(rig.ReportAsync(rig.Status(first, DeliveryStatus.Failed, Passing)));
        rig.Rows()[0].State.ShouldBe(OutboxState.New);
        rig.Do(rig.ReportAsync(rig.Status(first, DeliveryStatus.Sent), rig.Status(first, DeliveryStatus.Failed, Passing)));
        rig.Rows()[0].ShouldSatisfyAllConditions(r => r.State.ShouldBe(OutboxState.New), r => r.Status.ShouldBe(MessageStatus.New));
        rig.RunToTheEnd();
        rig.Calls.Count.ShouldBe(2);
        rig.Do(rig.ReportAsync(rig.Status(rig.Calls[1], DeliveryStatus.Delivered)));
        rig.Rows()[0].Status.ShouldBe(MessageStatus.Delivered);
    }

    [Fact]
    public void A_failure_of_the_resend_does_not_hide_that_the_first_arrived()
    {
        using var rig = new SendRig(24);
        rig.Provider = call =>
        {
            call.Taken = true;
            return Task.FromResult(call.Number == 0 ? new SendOutcome.Ambiguous("504") : (SendOutcome)new SendOutcome.Accepted(call.ProviderId));
        };
        rig.Queue(0, [("15550100101", "x")]);
        rig.RunToTheEnd();
        rig.Calls.Count.ShouldBe(2);
        rig.Do(rig.ReportAsync(rig.Status(rig.Calls[1], DeliveryStatus.Failed, Undeliverable), rig.Status(rig.Calls[0], DeliveryStatus.Delivered)));
        rig.Rows()[0].ShouldSatisfyAllConditions(r => r.Status.ShouldBe(MessageStatus.Delivered), r => r.Duplicate.ShouldBeTrue(), r => r.Reason.ShouldBeNull());
    }

    [Fact]
    public void A_status_without_our_key_confirms_the_one_send_that_nobody_answered_once_we_know_that_keys_are_not_echoed()
    {
        using var rig = new SendRig(25);
        rig.Queue(0, [("15550100101", "a")]);
        rig.RunToTheEnd();
        rig.Do(rig.ReportAsync(rig.Status(rig.Calls[0], DeliveryStatus.Sent, null, withKey: false)));
        rig.Provider = call =>
        {
            call.Taken = true;
            return Task.FromResult<SendOutcome>(new SendOutcome.Ambiguous("504"));
        };
        rig.Queue(0, [("15550100101", "b"), ("15550100102", "c")]);
        rig.Run(TimeSpan.FromSeconds(20));
        rig.Do(rig.ReportAsync(rig.Status(rig.Calls[1], DeliveryStatus.Delivered, null, withKey: false)));
        rig.Rows().Single(r => r.Key == rig.Calls[1].RowKey).ShouldSatisfyAllConditions(r => r.State.ShouldBe(OutboxState.Accepted), r => r.Status.ShouldBe(MessageStatus.Delivered));
        rig.Rows().Single(r => r.Key == rig.Calls[2].RowKey).State.ShouldBe(OutboxState.Unconfirmed, "that status was about another customer");
    }

    [Fact]
    public void Statuses_of_another_number_touch_nothing_and_those_of_strangers_are_forgotten_after_a_day()
    {
        using var rig = new SendRig(26);
        rig.Queue(0, [("15550100101", "a")]);
        rig.RunToTheEnd();
        rig.Do(rig.ReportAsync(
            rig.Status(rig.Calls[0], DeliveryStatus.Read) with { Route = SendRig.PhoneNumberId(1) },
            rig.Status(rig.Calls[0], DeliveryStatus.Failed, Undeliverable) with { Route = SendRig.PhoneNumberId(1), ProviderMessageId = "wamid.other" }));
        rig.Rows()[0].Status.ShouldBe(MessageStatus.Accepted);
        rig.Run(TimeSpan.FromHours(23.9));
        rig.Number("SELECT count(*) FROM parked_statuses").ShouldBe(2);
        rig.Run(TimeSpan.FromMinutes(10));
        rig.Number("SELECT count(*) FROM parked_statuses").ShouldBe(0);
    }

    private static async Task LaterAsync(SendRig rig, StatusArrival[] statuses)
    {
        await rig.DelayAsync(TimeSpan.FromSeconds(rig.Random.Next(1, 60)));
        await rig.ReportAsync(statuses);
    }

    private static IEnumerable<DeliveryStatus[]> Sequences(DeliveryStatus[] kinds, int longest)
    {
        IEnumerable<DeliveryStatus[]> level = [[]];
        for (var i = 0; i < longest; i++)
        {
            level = [.. level.SelectMany(sequence => kinds.Select(kind => (DeliveryStatus[])[.. sequence, kind]))];
            foreach (var sequence in level)
            {
                yield return sequence;
            }
        }
    }
}
