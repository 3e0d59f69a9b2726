using AiBotKit.Conversations;
using AiBotKit.Dashboard.Inbox;
using AiBotKit.Storage;
using AiBotKit.Tests.Simulator;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>A person opens a conversation: what that tells the customer, and what it does not.</summary>
public sealed class PersonReadsTests
{
    [Fact]
    public async Task With_AI_off_opening_marks_the_latest_message_read_at_the_provider()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        await shop.SwitchAsync(false);
        await shop.SayAsync(new { text = "Anybody?" });
        var latest = (await shop.SayAsync(new { text = "Please" })).GetProperty("providerMessageId").GetString();
        var (account, id) = await FindAsync(shop);
        await shop.App.Get<MarkConversationRead>().RunAsync(account, id, false, TestContext.Current.CancellationToken);

        (await shop.ConversationAsync()).GetProperty("unread").GetInt32().ShouldBe(0);
        var log = await shop.Simulator.GetAsync("/sim/log?after=0&kind=read&full=true&waitMs=20000");
        log.ToString().ShouldContain(latest!);
        log.ToString().ShouldNotContain("typing_indicator");
    }

    [Theory]
    [InlineData(true, false, 0)]
    [InlineData(true, true, 0)]
    [InlineData(false, false, 1)]
    [InlineData(false, true, 1)]
    public async Task Only_with_AI_off_does_opening_say_anything(bool aiReplies, bool tookOver, int receipts)
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.SayAsync(new { text = "From three days ago", ageSeconds = 3 * 24 * 3600 });
        await shop.SwitchAsync(aiReplies);
        var (account, id) = await FindAsync(shop);
        var channel = new Receipts();
        var mark = new MarkConversationRead(shop.App.Get<IDataWriter>(), channel, shop.App.Get<ConversationFeed>());
        await mark.RunAsync(account, id, tookOver, TestContext.Current.CancellationToken);
        channel.Read.Count.ShouldBe(receipts);
        (await shop.ConversationAsync()).GetProperty("unread").GetInt32().ShouldBe(0);

        // What is read stays read: a look again says nothing again, and another account's look never does.
        await mark.RunAsync(account, id, false, TestContext.Current.CancellationToken);
        await mark.RunAsync(Guid.NewGuid(), id, true, TestContext.Current.CancellationToken);
        channel.Read.Count.ShouldBe(receipts);
    }

    [Fact]
    public async Task A_person_who_acts_is_waited_for_no_longer()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.SayAsync(new { text = "From three days ago", ageSeconds = 3 * 24 * 3600 });
        var (account, id) = await FindAsync(shop);
        (await OpenAsync(shop, account, id)).Contact.Owner.Owner.ShouldBe(Owner.Waiting);
        await shop.SwitchAsync(false);
        (await OpenAsync(shop, account, id)).Contact.Owner.Owner.ShouldBe(Owner.Person);
        await shop.SwitchAsync(true);
        (await OpenAsync(shop, account, id)).Contact.Owner.Owner.ShouldBe(Owner.Ai);
    }

    [Fact]
    public async Task The_ad_a_customer_came_from_is_kept_and_shown()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.SayAsync(new { text = "Is this still on?", fromAd = true });
        await shop.SayAsync(new { text = "Hello?", forwarded = true });
        var (account, id) = await FindAsync(shop);
        var page = await OpenAsync(shop, account, id);
        page.Contact.Referral.ShouldNotBeNull().Source.ShouldBe("An ad");
        page.Contact.Referral.Headline.ShouldNotBeNullOrEmpty();
        page.Contact.Names.ShouldBe(["wa_" + SimulatorFixture.Customer]);
        var bubbles = page.Entries.OfType<BubbleEntry>().Where(b => b.Speaker == Speaker.Customer).ToList();
        bubbles.Select(b => (b.Referral is not null, b.Forwarded)).ShouldBe([(true, false), (false, true)]);
    }

    private static async Task<TimelinePage> OpenAsync(TalkingShop shop, Guid account, Guid id) =>
        (await shop.App.Get<ReadTimeline>().RunAsync(account, id, null, false, TimeZoneInfo.Utc, TestContext.Current.CancellationToken)).ShouldNotBeNull();

    private static async Task<(Guid Account, Guid Id)> FindAsync(TalkingShop shop)
    {
        await using var db = shop.App.Get<ReadDb>().Open();
        var found = await db.Set<Conversation>().SingleAsync(c => c.SessionId == "wa_" + SimulatorFixture.Customer, TestContext.Current.CancellationToken);
        return (found.AccountId, found.Id);
    }

    private sealed class Receipts : IChannel
    {
        public List<string> Read { get; } = [];

        public IReadOnlyList<string> Render(string markdown) => [markdown];

        public IReadOnlyList<string> AsWritten(string text) => [text];

        public string? AsTyped(string text) => text;

        public void AnswerIsComing(Guid connectionId, string providerMessageId) => throw new InvalidOperationException("Opening a conversation is no answer.");

        public void WasRead(Guid connectionId, string providerMessageId) => Read.Add(providerMessageId);
    }
}
