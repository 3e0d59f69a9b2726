using AiBotKit.Dashboard.Notices;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Dashboard;

/// <summary>What is news for a viewer: what began since, each once.</summary>
public sealed class NoticeRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 9, 0, 0, TimeSpan.Zero);
    private static readonly Guid Maya = Guid.NewGuid();

    [Fact]
    public void What_waits_already_is_no_news_and_what_begins_to_wait_is_told_once()
    {
        var place = NoticeRules.PlaceOf([Waits(Maya, 0)], 10);
        var (none, same) = NoticeRules.Next(place, [Waits(Maya, 0)], [], [], 10);
        none.ShouldBeEmpty();
        var other = Guid.NewGuid();
        var (one, after) = NoticeRules.Next(same, [Waits(Maya, 0), Waits(other, 1)], [], [], 10);
        one.Select(notice => (notice.Conversation, notice.Kind, notice.Title)).ShouldBe([(other, "waiting", "Ana waits for a person")]);
        NoticeRules.Next(after, [Waits(other, 1)], [], [], 10).Notices.ShouldBeEmpty();
    }

    [Fact]
    public void Who_waits_again_is_news_again_also_one_that_began_earlier_and_was_stored_later()
    {
        var place = NoticeRules.PlaceOf([Waits(Maya, 5)], 0);
        NoticeRules.Next(place, [Waits(Maya, 9)], [], [], 0).Notices.Count.ShouldBe(1);
        NoticeRules.Next(place, [Waits(Maya, 5), Waits(Guid.NewGuid(), 3)], [], [], 0).Notices.Count.ShouldBe(1);
    }

    [Fact]
    public void A_message_is_told_once_and_the_place_never_moves_back()
    {
        var (notices, place) = NoticeRules.Next(NoticeRules.PlaceOf([], 10), [], [new(10, Maya, "Maya", "old"), new(11, Maya, "Maya", "new\n  one")], [], 12);
        notices.Single().ShouldBe(new Notice("written:11", "written", Maya, "Maya wrote to you", "new one"));
        place.Seq.ShouldBe(12);
        NoticeRules.Next(place, [], [], [], 3).Place.Seq.ShouldBe(12);
    }

    [Fact]
    public void An_assignment_is_told_once_and_of_several_the_last()
    {
        var place = NoticeRules.PlaceOf([], 10);
        var (notices, after) = NoticeRules.Next(place, [], [], [new(9, Maya, "Maya", "long ago"), new(11, Maya, "Maya", "Ana assigned this to Ben"), new(14, Maya, "Maya", "Eva assigned this to Ben")], 14);
        notices.Single().ShouldBe(new Notice("assigned:14", "assigned", Maya, "Maya is yours to look after", "Eva assigned this to Ben"));
        NoticeRules.Next(after, [], [], [new(14, Maya, "Maya", "Eva assigned this to Ben")], 14).Notices.ShouldBeEmpty();
    }

    [Fact]
    public void A_flood_is_cut_to_the_latest_and_a_long_text_to_one_line_that_ends_in_a_whole_letter()
    {
        var many = Enumerable.Range(1, 30).Select(n => new WrittenOne(n, Maya, "Maya", string.Concat(Enumerable.Repeat("😀", 200)))).ToList();
        var notices = NoticeRules.Next(NoticeRules.PlaceOf([], 0), [], many, [], 30).Notices;
        notices.Select(notice => notice.Key).ShouldBe(Enumerable.Range(21, 10).Select(n => $"written:{n}"));
        notices[0].Text.ShouldEndWith("😀…");
        notices[0].Text.Length.ShouldBeLessThanOrEqualTo(140);
    }

    private static WaitingOne Waits(Guid id, int minute) => new(id, "Ana", Now.AddMinutes(minute), "Hello?");
}
