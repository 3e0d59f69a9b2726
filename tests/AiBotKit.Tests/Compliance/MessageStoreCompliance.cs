using System.Security.Cryptography;
using System.Text;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Compliance;

/// <summary>
/// What every <see cref="IMessageStore"/> must do, whatever its database. A dialect passes by one sealed subclass with one method.
/// This part holds the words that the tests are written in.
/// </summary>
public abstract partial class MessageStoreCompliance : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Cap = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan AmbiguousWait = TimeSpan.FromSeconds(90);

    private readonly Guid _run = Guid.CreateVersion7();
    private StoreUnderTest _under = null!;
    private DateTimeOffset _now = Start;

    private static Shop One { get; } = Shop.Of(1);

    private static Shop Two { get; } = Shop.Of(2);

    private IMessageStore Store => _under.Store;

    public async ValueTask InitializeAsync()
    {
        _under = Create();
        await _under.ChangeAsync(db =>
        {
            One.AddTo(db, Start);
            Two.AddTo(db, Start);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _under.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>An empty store.</summary>
    private protected abstract StoreUnderTest Create();

    private static byte[] Key(string name) => SHA256.HashData(Encoding.UTF8.GetBytes(name))[..16];

    private static CustomerIdentity Phone(string digits, string? userId = null) => new("wa_" + digits, digits, userId is null ? null : "wa_" + userId, "Ada");

    private static CustomerIdentity User(string userId) => new("wa_" + userId, userId);

    private CustomerArrival Says(string id, string text, CustomerIdentity? from = null, DateTimeOffset? at = null, Shop? shop = null) => new()
    {
        Route = (shop ?? One).Route,
        DedupKey = Key((shop ?? One).Route + id),
        From = from ?? Phone("15550100101"),
        ProviderMessageId = id,
        At = at ?? _now,
        Type = "text",
        Text = text,
        StartsTurn = true,
        RefreshesWindow = true,
    };

    private CustomerArrival Reacts(string id, CustomerIdentity from) => Says(id, "👍", from) with { Type = "reaction", StartsTurn = false, StoredOnly = "reaction" };

    private static ArrivalDecision Decide(ArrivalContext arrival) =>
        !arrival.ConnectionEnabled ? new("paused", default, default)
        : !arrival.AiReplies ? new("ai_off", default, default)
        : new(null, arrival.IsTap ? TimeSpan.Zero : Quiet, Cap);

    private Task<IngestResult> IngestAsync(params Arrival[] arrivals) => Store.IngestAsync(arrivals, Decide, _now);

    private void Pass(TimeSpan time) => _now += time;

    private T Read<T>(Func<DbContext, T> query)
    {
        using var db = _under.Open();
        return query(db);
    }

    private Conversation Conversation(string sessionId, Shop? shop = null) => Read(db => db.Set<Conversation>().Single(c => c.SessionId == sessionId && c.ChatbotId == (shop ?? One).ChatbotId));

    private Message Message(string providerId) => Read(db => db.Set<Message>().Single(m => m.ProviderMessageId == providerId && m.Role == MessageRole.Customer));

    private List<OutboxRow> Outbox() => Read(db => db.Set<OutboxRow>().OrderBy(o => o.MessageSeq).ToList());

    private OutboxRow Sent(Guid id) => Read(db => db.Set<OutboxRow>().Single(o => o.Id == id));

    private Message Reply(OutboxRow row) => Read(db => db.Set<Message>().Single(m => m.Seq == row.MessageSeq));

    private WorkRow? Work(Guid conversation) => Read(db => db.Set<WorkRow>().SingleOrDefault(w => w.ConversationId == conversation));

    /// <summary>Claims and reads the turn of a conversation; it must be due.</summary>
    private async Task<TurnSnapshot> BeginAsync(Guid conversation)
    {
        (await Store.BeginTurnAsync(conversation, _run, false, _now)).ShouldBeTrue("the turn is due and nobody has it");
        return Store.ReadTurn(conversation, _now).ShouldNotBeNull();
    }

    private TurnCommit Answer(TurnSnapshot turn, params string[] parts) => new()
    {
        TurnId = Guid.CreateVersion7(_now),
        RunId = _run,
        Snapshot = turn,
        Outcome = "answered",
        Parts = parts.Length > 0 ? parts : ["Yes."],
        AnswerKind = "model",
        Draft = "Yes.",
        Counts = true,
        StartedAt = _now,
        Now = _now,
    };

    /// <summary>A customer message that has its reply in the outbox.</summary>
    private async Task<(Guid Conversation, OutboxRow Row)> AnsweredAsync(string id = "m1", CustomerIdentity? from = null, Shop? shop = null)
    {
        await IngestAsync(Says(id, "Hello?", from, shop: shop));
        Pass(Quiet);
        var conversation = Message(id).ConversationId;
        (await Store.CommitTurnAsync(Answer(await BeginAsync(conversation)))).ShouldBe(TurnResult.Committed);
        return (conversation, Outbox()[^1]);
    }

    private async Task<ClaimedSend> ClaimAsync(Guid outboxId) => (await Store.ClaimSendAsync(outboxId, _now)).Send.ShouldNotBeNull();

    private Task RecordAsync(ClaimedSend send, SendOutcome outcome) => Store.RecordSendAsync(send, outcome, AmbiguousWait, 0, _now);

    private StatusArrival Status(string providerId, DeliveryStatus status, string? key = null, string? recipient = null, Shop? shop = null) => new()
    {
        Route = (shop ?? One).Route,
        ProviderMessageId = providerId,
        Status = status,
        Key = key,
        Recipient = recipient,
        At = _now,
        Failure = status == DeliveryStatus.Failed ? new SendOutcome.Rejected(RejectionKind.Final, 131026, "Undeliverable.") : null,
    };
}
