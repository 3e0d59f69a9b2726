using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults;

/// <summary>The checker of the kills sees each planted violation, and nothing in a sound history.</summary>
public sealed class KillHistoryTests
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly KillEvidence Sound = new(
        ["m1", "m2", "m3"],
        [new("m1", "answered", "t1"), new("m2", "answered", "t2"), new("m3", "human", null, Switched: true)],
        [new("k1", "c", 1, "t1", OutboxState.Accepted, false), new("k2", "c", 2, "t2", OutboxState.Accepted, false)],
        [new("k1", Noon), new("k2", Noon.AddSeconds(1))],
        [new OffTime("c", Noon.AddSeconds(2), Noon.AddSeconds(9))]);

    [Fact]
    public void A_sound_history_has_no_fault() => KillHistory.Faults(Sound).ShouldBeEmpty();

    [Fact]
    public void A_message_that_is_not_stored_is_lost() =>
        KillHistory.Faults(Sound with { Written = ["m1", "m2", "m3", "m4"] }).ShouldBe(["lost: m4"]);

    [Fact]
    public void A_message_stored_twice_is_seen() =>
        KillHistory.Faults(Sound with { Stored = [.. Sound.Stored, Sound.Stored[0]] }).ShouldBe(["stored 2 times: m1"]);

    [Fact]
    public void An_open_message_and_a_dead_letter_are_seen() =>
        KillHistory.Faults(Sound with { Stored = [Sound.Stored[0], new("m2", null), new("m3", "dead_letter", null, Switched: true)] })
            .ShouldBe(["outcome none: m2", "outcome dead_letter: m3"]);

    [Fact]
    public void Only_the_switched_customer_may_end_without_an_answer() =>
        KillHistory.Faults(Sound with { Stored = [Sound.Stored[0], Sound.Stored[1], new("m3", "human")] }).ShouldBe(["outcome human: m3"]);

    [Fact]
    public void An_answer_the_provider_never_took_is_seen() =>
        KillHistory.Faults(Sound with { Accepted = [Sound.Accepted[0]] }).ShouldBe(["answered, but the provider did not take the answer: m2"]);

    [Fact]
    public void A_repeat_needs_its_mark()
    {
        var repeated = Sound with { Accepted = [.. Sound.Accepted, new("k1", Noon.AddSeconds(1.5))] };
        KillHistory.Faults(repeated).ShouldBe(["sent 2 times without a mark: k1"]);
        KillHistory.Faults(repeated with { Outbox = [Sound.Outbox[0] with { Marked = true }, Sound.Outbox[1]] }).ShouldBeEmpty();
    }

    [Fact]
    public void Replies_leave_in_order_but_for_a_marked_one()
    {
        var swapped = Sound with { Accepted = [new("k2", Noon), new("k1", Noon.AddSeconds(1))] };
        KillHistory.Faults(swapped).ShouldBe(["out of order: k2 left before k1"]);
        KillHistory.Faults(swapped with { Outbox = [Sound.Outbox[0] with { Marked = true }, Sound.Outbox[1]] }).ShouldBeEmpty();
    }

    [Fact]
    public void No_AI_send_while_AI_replies_are_off()
    {
        var late = Sound with { Accepted = [Sound.Accepted[0], new("k2", Noon.AddSeconds(3))] };
        KillHistory.Faults(late).ShouldBe(["an AI send began after the answered AI-off: k2"]);
        KillHistory.Faults(late with { Outbox = [Sound.Outbox[0], Sound.Outbox[1] with { Author = SendAuthor.Notice }] }).ShouldBeEmpty();
    }

    [Fact]
    public void An_answer_and_its_AI_message_come_together()
    {
        var paid = Sound with { Outbox = [Sound.Outbox[0] with { Costs = true, Counted = true }, Sound.Outbox[1] with { Costs = true, Counted = true }], AiMessages = 2 };
        KillHistory.Faults(paid).ShouldBeEmpty();
        KillHistory.Faults(paid with { AiMessages = 3 }).ShouldBe(["3 AI messages are counted and 2 replies carry one"]);
        KillHistory.Faults(paid with { Outbox = [paid.Outbox[0], paid.Outbox[1] with { Counted = false }], AiMessages = 1 }).ShouldBe(["an answer of which something was taken is not counted: k2"]);
        KillHistory.Faults(paid with { Outbox = [.. paid.Outbox, new("k3", "c", 3, "t3", OutboxState.Cancelled, false, Costs: true, Counted: true)], AiMessages = 3 })
            .ShouldBe(["an answer of which nothing was taken is counted: k3"]);
    }
}
