using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Text;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using AiBotKit.Tests.Channels.WhatsApp;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Conversations.Drafts;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Durability;

/// <summary>Time travel over what is kept for a time only, and over the keys that are kept for ever.</summary>
public sealed class RetentionTests
{
    [Fact]
    public async Task Raw_items_go_after_30_days_parked_statuses_after_24_hours_and_a_redelivery_still_finds_its_key()
    {
        await using var shop = await TalkingShop.StartAsync();
        byte[][] bodies = [WireFixtures.Bytes("inbound-text.json"), WireFixtures.Bytes("status-unknown-wamid.json"), WireFixtures.Bytes("hostile-messages-mixed-bad-good.json")];
        foreach (var body in bodies)
        {
            (await shop.PostSignedAsync(body)).ShouldBe(200);
        }

        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var retention = Job(shop, clock);
        var before = Count(shop);
        (before.Raw > 0 && before.Letters > 0 && before.Parked == 1).ShouldBeTrue();
        (await RunAsync(retention)).ShouldBe(default);

        clock.Advance(TimeSpan.FromHours(24));
        (await RunAsync(retention)).ShouldBe(new RetentionResult(0, 0, 1, 0, 0));
        Count(shop).ShouldBe(before with { Parked = 0 });

        clock.Advance(TimeSpan.FromDays(29) - TimeSpan.FromMinutes(2));
        (await RunAsync(retention)).ShouldBe(default);
        clock.Advance(TimeSpan.FromMinutes(2));
        (await RunAsync(retention)).ShouldBe(new RetentionResult(before.Raw, before.Letters, 0, 0, 0));
        Count(shop).ShouldBe(before with { Raw = 0, Letters = 0, Parked = 0 });

        foreach (var body in bodies)
        {
            (await shop.PostSignedAsync(body)).ShouldBe(200);
        }

        Count(shop).ShouldBe(before with { Raw = 0, Letters = 0 });
    }

    [Fact]
    public async Task A_draft_that_nobody_sent_goes_after_7_days_and_one_that_was_sent_keeps_its_sources()
    {
        await using var shop = await DraftTests.TakenAsync(new Knower());
        var draft = await DraftTests.DraftAsync(shop);
        var conversation = (await shop.ConversationAsync()).GetProperty("id").GetGuid();
        using (var sent = await shop.Api.PostAsJsonAsync($"/api/conversations/{conversation}/messages", new { text = Knower.Text, draft = draft.GetProperty("id").GetGuid() }, TestContext.Current.CancellationToken))
        {
            sent.EnsureSuccessStatusCode();
        }

        await DraftTests.DraftAsync(shop);
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var retention = Job(shop, clock);
        clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(10));
        (await RunAsync(retention)).Drafts.ShouldBe(0);
        clock.Advance(TimeSpan.FromMinutes(10));
        (await RunAsync(retention)).Drafts.ShouldBe(2);
        shop.App.Sql("SELECT count(*) FROM reply_drafts").ShouldBe(0L);
        (await shop.MessagesAsync()).Single(m => TalkingShop.Role(m) == "owner").GetProperty("citations").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task The_audit_trail_goes_after_400_days_and_not_before()
    {
        await using var shop = await TalkingShop.StartAsync();
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var retention = Job(shop, clock);
        int Lines()
        {
            using var db = shop.App.Get<ReadDb>().Open();
            return db.Set<AuditEntry>().Count();
        }

        var all = Lines();
        all.ShouldBeGreaterThan(0);
        clock.Advance(TimeSpan.FromDays(400) - TimeSpan.FromMinutes(10));
        (await RunAsync(retention)).AuditLines.ShouldBe(0);
        clock.Advance(TimeSpan.FromMinutes(10));
        (await RunAsync(retention)).AuditLines.ShouldBe(all);
        Lines().ShouldBe(0);
    }

    [Fact]
    public async Task Much_is_removed_in_small_slices_and_every_hour()
    {
        await using var shop = await TalkingShop.StartAsync();
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        const int rows = (4 * ApplyRetention.RowsOfSlice) + 1;
        await shop.App.Get<IDataWriter>().SaveAsync(db =>
        {
            for (var i = 1; i <= rows; i++)
            {
                db.Add(new RawItem { MessageSeq = i, Json = Encoding.ASCII.GetBytes("{}"), ReceivedAt = clock.GetUtcNow().AddDays(i == rows ? -29 : -30) });
            }
        });
        using var retention = Job(shop, clock);
        var result = await retention.RunOnceAsync(TestContext.Current.CancellationToken);
        result.RawItems.ShouldBe(rows - 1);
        result.Slices.ShouldBeGreaterThanOrEqualTo(4);
        Count(shop).Raw.ShouldBe(1);

        await retention.StartAsync(TestContext.Current.CancellationToken);
        using var ceiling = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        ceiling.CancelAfter(TimeSpan.FromMinutes(4));
        while (Count(shop).Raw > 0)
        {
            clock.Advance(TimeSpan.FromHours(1));
            await Task.Delay(20, ceiling.Token);
        }

        await retention.StopAsync(TestContext.Current.CancellationToken);
    }

    private static ApplyRetention Job(TalkingShop shop, TimeProvider clock) =>
        new(shop.App.Get<GroupCommitWriter>(), shop.App.Get<RetentionOptions>(), clock, shop.App.Get<IMeterFactory>(), NullLogger<ApplyRetention>.Instance);

    /// <summary>The result without the number of slices.</summary>
    private static async Task<RetentionResult> RunAsync(ApplyRetention retention) => await retention.RunOnceAsync(TestContext.Current.CancellationToken) with { Slices = 0 };

    private static Kept Count(TalkingShop shop)
    {
        using var db = shop.App.Get<ReadDb>().Open();
        return new Kept(
            db.Set<RawItem>().Count(),
            db.Set<DeadLetter>().Count(d => d.Raw != null),
            db.Set<ParkedStatus>().Count(),
            db.Set<Message>().Count(m => m.Role == MessageRole.Customer));
    }

    private sealed record Kept(int Raw, int Letters, int Parked, int Messages);
}
