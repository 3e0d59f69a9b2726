using AiBotKit.Channels;
using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Compliance;

/// <summary>What the provider says about an account: held, released, or gone; and what a repetition of it may not do.</summary>
public abstract partial class MessageStoreCompliance
{
    private const string Deleted = "The account was deleted.";

    [Fact]
    public async Task A_deleted_account_disconnects_its_numbers_and_takes_the_keys()
    {
        await ConnectAsync("first");
        var (conversation, row) = await AnsweredAsync();
        await IngestAsync(Says("m2", "Hello?", Phone("15550100102")));
        Pass(Quiet);
        var turn = await BeginAsync(Message("m2").ConversationId);
        Pass(TimeSpan.FromMinutes(1));

        await IngestAsync(Gone());

        Connection().ShouldSatisfyAllConditions(
            c => c.DisconnectedAt.ShouldBe(_now),
            c => c.ApiKeyProtected.ShouldBeNull(),
            c => c.ApiKeyLast4.ShouldBeNull(),
            c => c.BrokenReason.ShouldBe(Deleted),
            c => c.Enabled.ShouldBeNull("a person's switch is a person's"));
        Store.ReadAccess(One.ConnectionId).ShouldBeNull();
        (Sent(row.Id).State, Reply(row).Status, Message("m1").Outcome, Message("m2").Outcome).ShouldBe((OutboxState.Cancelled, MessageStatus.Cancelled, "disconnected", "disconnected"));
        (await Store.CommitTurnAsync(Answer(turn))).ShouldBe(TurnResult.Overtaken);
        Store.ReadOpenSends(conversation).ShouldBeEmpty();
        Work(turn.ConversationId).ShouldBeNull();
        (await IngestAsync(Says("m3", "late"))).Ignored.ShouldBe(1);
        Conversation("wa_15550100101").ShouldNotBeNull("history stays");
        Connection(Two).DisconnectedAt.ShouldBeNull();
    }

    [Fact]
    public async Task A_send_in_doubt_when_the_account_is_deleted_is_not_resent()
    {
        await ConnectAsync("first");
        var (_, row) = await AnsweredAsync();
        await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Ambiguous("time-out"));
        await IngestAsync(Gone());
        Pass(AmbiguousWait);
        await Store.ReconcileAsync(AmbiguousWait, _now);
        (await Store.ClaimSendAsync(row.Id, _now)).Send.ShouldBeNull();
        (Sent(row.Id).State, Message("m1").Outcome).ShouldBe((OutboxState.Cancelled, "disconnected"));
    }

    [Fact]
    public async Task A_repeated_callback_of_a_deleted_account_takes_no_later_key()
    {
        await ConnectAsync("first");
        Pass(TimeSpan.FromMinutes(1));
        var gone = Gone();
        await IngestAsync(gone);
        Pass(TimeSpan.FromDays(1));
        await ConnectAsync("second");

        (await IngestAsync(gone)).Duplicates.ShouldBe(1);
        Connection().ApiKeyProtected.ShouldBe("second");

        // One that was never delivered then and comes now is about the time before the person connected again.
        await IngestAsync(gone with { DedupKey = Key("another delivery") });
        Connection().ShouldSatisfyAllConditions(c => c.ApiKeyProtected.ShouldBe("second"), c => c.BrokenReason.ShouldBeNull());

        Pass(TimeSpan.FromMinutes(1));
        await IngestAsync(Gone());
        Connection().ApiKeyProtected.ShouldBeNull("this one is news");
    }

    [Fact]
    public async Task Without_a_time_the_queue_is_held_and_nothing_is_taken()
    {
        await ConnectAsync("first");
        await IngestAsync(Gone() with { At = null, DedupKey = null });
        Connection().ShouldSatisfyAllConditions(c => c.ApiKeyProtected.ShouldBe("first"), c => c.DisconnectedAt.ShouldBeNull(), c => c.BrokenReason.ShouldBe(Deleted));
    }

    [Fact]
    public async Task An_event_from_before_the_connection_holds_nothing()
    {
        await ConnectAsync("first");
        await IngestAsync(new ConnectionArrival { Route = "", WabaId = One.WabaId, At = _now.AddDays(-1), DedupKey = Key("old"), BrokenReason = "Locked." });
        Connection().BrokenReason.ShouldBeNull();
    }

    private ConnectionArrival Gone() => new() { Route = "", WabaId = One.WabaId, At = _now, DedupKey = Key($"gone {_now:O}"), BrokenReason = Deleted, IsGone = true };

    private Connection Connection(Shop? shop = null) => Read(db => db.Set<Connection>().Single(c => c.Id == (shop ?? One).ConnectionId));

    /// <summary>As a person does it: the same row, a new key.</summary>
    private Task ConnectAsync(string key) => _under.ChangeAsync(db =>
    {
        var connection = db.Set<Connection>().Single(c => c.Id == One.ConnectionId);
        (connection.ApiKeyProtected, connection.ConnectedAt, connection.DisconnectedAt, connection.BrokenReason) = (key, _now, null, null);
    });
}
