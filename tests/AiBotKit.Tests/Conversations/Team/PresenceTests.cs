using AiBotKit.Conversations.Team;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations.Team;

/// <summary>Who is at a conversation, who is writing, and whose the answer is.</summary>
public sealed class PresenceTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 4, 9, 0, 0, TimeSpan.Zero));
    private readonly Guid _account = Guid.NewGuid();
    private readonly Guid _conversation = Guid.NewGuid();

    [Fact]
    public void Everybody_at_the_same_conversation_of_the_same_account_is_seen_until_they_leave()
    {
        var presence = new ConversationPresence(_time);
        using var ana = Enter(presence, "Ana");
        using var elsewhere = presence.Enter(_account, Guid.NewGuid(), Guid.NewGuid(), "Elsewhere");
        using var stranger = presence.Enter(Guid.NewGuid(), _conversation, Guid.NewGuid(), "Stranger");
        var changes = 0;
        ana.Changed += () => changes++;
        var ben = Enter(presence, "Ben");
        See(ana).Here.ShouldBe(["Ben"]);
        See(ben).Here.ShouldBe(["Ana"]);
        ben.Dispose();
        See(ana).ShouldSatisfyAllConditions(view => view.Says(PresenceView.Alone).ShouldBeTrue());
        changes.ShouldBe(2);
    }

    [Fact]
    public void Two_pages_of_one_person_are_one_person_and_no_company_to_themselves()
    {
        var (presence, me, him) = (new ConversationPresence(_time), Guid.NewGuid(), Guid.NewGuid());
        using var first = presence.Enter(_account, _conversation, me, "Ana");
        using var second = presence.Enter(_account, _conversation, me, "Ana");
        See(first).Here.ShouldBeEmpty();
        using var ben = presence.Enter(_account, _conversation, him, "Ben");
        using var bens = presence.Enter(_account, _conversation, him, "Ben");
        bens.Typed(true);
        (See(first).Here.Single(), See(first).Writing).ShouldBe(("Ben", "Ben"));
    }

    [Fact]
    public void The_first_key_claims_the_answer_and_who_comes_second_is_warned()
    {
        var presence = new ConversationPresence(_time);
        using var ana = Enter(presence, "Ana");
        using var ben = Enter(presence, "Ben");
        ben.Typed(true);
        (See(ana).Writing, See(ana).Claimed, See(ana).Collides).ShouldBe(("Ben", "Ben", false));
        _time.Advance(TimeSpan.FromSeconds(3));
        ana.Typed(true);
        (See(ana).Claimed, See(ana).Collides).ShouldBe(("Ben", true));
        (See(ben).Claimed, See(ben).Writing, See(ben).Collides).ShouldBe((null, "Ana", true));

        // No more keys: no longer writing, but the begun text still stands in the box.
        _time.Advance(PresenceRules.Writing);
        (See(ana).Writing, See(ana).Claimed).ShouldBe((null, "Ben"));
        _time.Advance(PresenceRules.Claim);
        See(ana).Claimed.ShouldBeNull("a text that nobody goes on with keeps nobody away");
    }

    [Fact]
    public void An_emptied_box_claims_nothing()
    {
        var presence = new ConversationPresence(_time);
        using var ana = Enter(presence, "Ana");
        using var ben = Enter(presence, "Ben");
        ben.Typed(true);
        ben.Typed(false);
        (See(ana).Writing, See(ana).Claimed, See(ana).Here.Single()).ShouldBe((null, null, "Ben"));
    }

    [Fact]
    public void Who_is_writing_hears_that_somebody_else_has_answered_meanwhile()
    {
        var presence = new ConversationPresence(_time);
        using var ana = Enter(presence, "Ana");
        var before = ("Ben", _time.GetUtcNow());
        _time.Advance(TimeSpan.FromSeconds(5));
        ana.Typed(true);
        See(ana, before).Answered.ShouldBeNull("that was before");
        _time.Advance(TimeSpan.FromSeconds(5));
        See(ana, ("Ben", _time.GetUtcNow())).Answered.ShouldBe("Ben");
        See(ana, ("Ana", _time.GetUtcNow())).Answered.ShouldBeNull("that was oneself");
        ana.Typed(false);
        See(ana, ("Ben", _time.GetUtcNow())).Answered.ShouldBeNull("nothing is being written");
    }

    [Fact]
    public async Task Nobody_is_lost_when_many_come_and_go_at_once()
    {
        var presence = new ConversationPresence(_time);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                Enter(presence, $"{worker}").Dispose();
            }
        })));
        using var ana = Enter(presence, "Ana");
        See(ana).Here.ShouldBeEmpty();
        using var ben = Enter(presence, "Ben");
        See(ana).Here.ShouldBe(["Ben"]);
    }

    private PresenceSeat Enter(ConversationPresence presence, string name) => presence.Enter(_account, _conversation, Guid.NewGuid(), name);

    private PresenceView See(PresenceSeat seat, (string, DateTimeOffset)? lastSaid = null) => PresenceRules.Of(seat.Me, seat.Others, lastSaid, _time.GetUtcNow());
}
