using AiBotKit.Durability;
using AiBotKit.Dashboard.Inbox;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Dashboard;

public sealed class InboxRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 13, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "24 h", "", 100, false)]
    [InlineData(12 * 60, "12 h", "", 50, false)]
    [InlineData((20 * 60) + 48, "3 h 12 m", "", 14, false)]
    [InlineData((22 * 60) + 30, "1 h 30 m", "soon", 7, false)]
    [InlineData((23 * 60) + 19, "41 m", "last", 3, false)]
    [InlineData(24 * 60, "Closed", "shut", 0, true)]
    [InlineData(60 * 60, "Closed", "shut", 0, true)]
    public void The_window_runs_down_from_the_customers_last_message(int minutesAgo, string text, string tone, int percent, bool closed)
    {
        var view = InboxRules.WindowOf(Now.AddMinutes(-minutesAgo), Now);
        (view.Text, view.Tone, view.Percent, view.Closed).ShouldBe((text, tone, percent, closed));
    }

    [Fact]
    public void Without_a_customers_message_there_is_no_window() => InboxRules.WindowOf(null, Now).Closed.ShouldBeTrue();

    [Theory]
    [InlineData(true, null, null, Owner.Ai, "AI")]
    [InlineData(false, "owner", null, Owner.Person, "A person")]
    [InlineData(false, "phone", null, Owner.Person, "On the phone")]
    [InlineData(false, "stop_word", null, Owner.Nobody, "Opted out")]
    [InlineData(true, null, "gap", Owner.Waiting, "Waiting 26 m")]
    public void The_chip_says_who_answers_next(bool aiReplies, string? reason, string? waiting, Owner owner, string label)
    {
        var view = InboxRules.OwnerOf(aiReplies, reason, waiting, waiting is null ? null : Now.AddMinutes(-26), Now);
        (view.Owner, view.Label).ShouldBe((owner, label));
    }

    [Theory]
    [InlineData("15550102231", "+1 555 010 2231")]
    [InlineData("4915550104455", "+4915550104455")]
    [InlineData("US.13491208655302741918", "US.13491208655302741918")]
    public void Numbers_are_shown_as_numbers_and_other_names_as_they_are(string address, string shown) => InboxRules.Number(address).ShouldBe(shown);

    [Theory]
    [InlineData(5, "12:55")]
    [InlineData(60 * 24, "Mon")]
    [InlineData(60 * 24 * 7, "17 Nov")]
    [InlineData(60 * 24 * 365, "24 Nov 2025")]
    public void A_time_in_the_list_is_as_short_as_it_can_be(int minutesAgo, string text) =>
        TimeWords.InList(Now.AddMinutes(-minutesAgo), Now, TimeZoneInfo.Utc).Text.ShouldBe(text);

    [Fact]
    public void Times_are_the_viewers() =>
        TimeWords.OfDay(Now, TimeZoneInfo.CreateCustomTimeZone("x", TimeSpan.FromHours(9), "x", "x")).Text.ShouldBe("22:00");

    [Fact]
    public void Every_state_of_a_message_of_ours_has_a_word_and_a_failure_has_a_sentence()
    {
        foreach (var status in Enum.GetValues<MessageStatus>().Except([MessageStatus.Received]))
        {
            MessageWords.Tick(status).ShouldNotBeNull().Words.ShouldNotBeEmpty();
        }

        var failure = MessageWords.Failure(MessageStatus.Failed, 131047, "More than 24 hours have passed. Nothing reached the customer.").ShouldNotBeNull();
        failure.ShouldBe(new FailureView("Not delivered: more than 24 hours have passed.", "Nothing reached the customer.", "code 131047", true));
        MessageWords.Failure(MessageStatus.Failed, null, null).ShouldNotBeNull().Sentence.ShouldContain("did not reach");
        MessageWords.Failure(MessageStatus.Read, null, null).ShouldBeNull();
        MessageWords.Failure(MessageStatus.Cancelled, null, "human").ShouldNotBeNull().Sentence.ShouldBe("A person had taken over before it went out.");
    }

    [Fact]
    public void The_composer_says_what_stands_in_the_way_until_when_and_what_helps()
    {
        var now = new DateTimeOffset(2026, 6, 10, 14, 0, 0, TimeSpan.Zero);
        var open = new ReplyCircumstances(true, true, false, now.AddHours(-20), false);
        Of(open).ShouldBe(new ComposerView(null, "", now.AddHours(4), "18:00", "draft"));
        Of(open with { LastInboundAt = now.AddHours(-2) }).ClosesText.ShouldBe("tomorrow, 12:00");
        Of(open with { LastInboundAt = now.AddHours(-24) }).Lead.ShouldBe("The 24-hour window closed at 14:00.");
        Of(open with { LastInboundAt = now.AddHours(-40) }).Lead.ShouldBe("The 24-hour window closed yesterday at 22:00.");
        Of(open with { LastInboundAt = null }).Lead.ShouldBe("The customer has not written yet.");
        (Of(open).HasWays, Of(open with { LastInboundAt = null }).HasWays, Of(open with { LastInboundAt = null, Enabled = false }).HasWays).ShouldBe((false, true, false), "a template helps against a closed window and against nothing else");
        Of(open with { Enabled = false, LastInboundAt = null }).ShouldSatisfyAllConditions(v => v.Lead.ShouldBe("Sending is paused."), v => v.Reason.ShouldContain("switched off"));
        Of(open with { PausedByPlan = true }).Reason.ShouldContain("plan");
        Of(open with { Connected = false, Enabled = false }).Reason.ShouldContain("disconnected");

        ComposerView Of(ReplyCircumstances circumstances) => InboxRules.ComposerOf(circumstances, "draft", now, TimeZoneInfo.Utc);
    }

    [Theory]
    [InlineData(3 * 3600 + 40, "3 h 0 m", 40.02)]
    [InlineData(120, "2 m", 0.02)]
    [InlineData(119.5, "1 m 59 s", 0.52)]
    [InlineData(60, "1 m 0 s", 0.02)]
    [InlineData(59, "59 s", 0.02)]
    [InlineData(0, "0 s", 0.02)]
    [InlineData(-5, "0 s", -1)]
    public void A_countdown_changes_with_its_words(double left, string words, double next)
    {
        TimeWords.Left(TimeSpan.FromSeconds(left)).ShouldBe(words);
        if (next >= 0)
        {
            Countdown.Next(TimeSpan.FromSeconds(left)).TotalSeconds.ShouldBe(next, 0.0001);
        }
    }

    [Fact]
    public void A_takeover_has_an_end_only_while_it_lasts()
    {
        var now = new DateTimeOffset(2026, 6, 10, 14, 0, 0, TimeSpan.Zero);
        InboxRules.HoldOf(true, now.AddHours(1), 12, now, TimeZoneInfo.Utc).ShouldBeNull();
        InboxRules.HoldOf(false, null, 12, now, TimeZoneInfo.Utc).ShouldBeNull();
        InboxRules.HoldOf(false, now.AddHours(4), 8, now, TimeZoneInfo.Utc).ShouldBe(new HoldView(now.AddHours(4), "18:00", TimeSpan.FromHours(8)));
    }
}
