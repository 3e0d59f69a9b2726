using AiBotKit.Accounts;
using AiBotKit.Assistant;
using AiBotKit.Channels;
using AiBotKit.Channels.WhatsApp;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Conversations.Leads;
using AiBotKit.Durability;
using AiBotKit.Knowledge;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Faults.Crashes;
using DeliveryStatus = AiBotKit.Durability.DeliveryStatus;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace AiBotKit.Tests.Faults.Sending;

/// <summary>
/// Turns and sender on their real store with a provider that a test scripts and a model that repeats the question after a second. All runs
/// on one thread, and an hour passes in a second: what is measured here is the product's own waiting, never the machine's.
/// </summary>
internal sealed class SendRig : ISendChannel, IChannel, IAnswerer, IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan AmbiguousWait = TimeSpan.FromSeconds(90);

    private readonly string _folder = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), "aibotkit-sends-" + Guid.NewGuid().ToString("N"));
    private readonly CancellationTokenSource _end = new();
    private readonly SynchronizationContext? _before = SynchronizationContext.Current;
    private readonly CommitSignals _signals = new();
    private readonly Pump _pump;
    private readonly GroupCommitWriter _writer;
    private readonly SqliteReads _reads;
    private readonly Sender _sender;
    private readonly RunTurn _turns;
    private readonly Dispatcher _dispatcher;
    private readonly ConversationsOptions _options = new();
    private readonly SqliteConnection _look;
    private readonly Func<SendOutcome, SendOutcome>? _plant;
    private readonly DedupKeys _keys = new(new byte[32]);
    private readonly List<Task> _running = [];

    /// <param name="plant">Falsifies what the provider said before the product hears it: the checks must notice.</param>
    public SendRig(int seed, Func<SendOutcome, SendOutcome>? plant = null, DateTimeOffset? start = null)
    {
        Random = new Random(seed);
        _plant = plant;
        _pump = new Pump(Random);
        SynchronizationContext.SetSynchronizationContext(_pump);
        Clock = new StepClock(start ?? Start);
        Directory.CreateDirectory(_folder);
        var database = new SqliteDatabase(_folder);
        database.BringUp();
        Seed(database);
        _writer = new GroupCommitWriter(database, FaultPoints.None, Clock, NullLogger<GroupCommitWriter>.Instance);
        _reads = new SqliteReads(database);
        _look = database.OpenForReading();
        Store = new SqliteMessageStore(_writer, _reads, _signals, FaultPoints.None);
        _sender = new Sender(Store, this, new SendGates(), _signals, new SenderSettings(AmbiguousWait), FaultPoints.None, Clock, Random, NullLogger<Sender>.Instance);
        _turns = new RunTurn(Store, this, this, new RecordGap(_writer, Clock), new NobodyCalled(), new LeadTalks((_, _, _) => Task.FromResult<Chatbot?>(null), _ => "en", null), _signals, _options, FaultPoints.None, Clock, NullLogger<RunTurn>.Instance);
        _dispatcher = new Dispatcher(Store, _turns, _signals, Clock, NullLogger<Dispatcher>.Instance);
        _running.Add(_writer.RunAsync(_end.Token));
        _running.Add(_dispatcher.RunAsync(_end.Token));
        _running.Add(_sender.RunAsync(_end.Token));
    }

    public Random Random { get; }

    public StepClock Clock { get; }

    public IMessageStore Store { get; }

    /// <summary>Every hand-over, in order, with what the provider answered.</summary>
    public List<Call> Calls { get; } = [];

    /// <summary>The provider: gets the call and says what came of it, after as long as it likes. Accepts everything unless scripted.</summary>
    public Func<Call, Task<SendOutcome>> Provider { get; set; } = static call => Task.FromResult<SendOutcome>(new SendOutcome.Accepted(call.ProviderId));

    internal sealed record Call(ClaimedSend Send, DateTimeOffset At, int Number)
    {
        /// <summary>The message's key, the same for all its hand-overs.</summary>
        public string RowKey => SendKeys.Parse(Send.Key).RowKey;

        public string ProviderId => $"wamid.{Send.Key}.{Number}";

        /// <summary>The provider really took it.</summary>
        public bool Taken { get; set; }

        public SendOutcome? Outcome { get; set; }
    }

    internal sealed record Row(string Key, OutboxState State, int Attempt, int Waits, bool Duplicate, string? EndReason, MessageStatus Status, int? Code, string? Reason, string Recipient, string? Wanted);

    public async Task<SendOutcome> SendAsync(ClaimedSend send, SendProgress progress, CancellationToken cancellationToken)
    {
        var call = new Call(send, Clock.GetUtcNow(), Calls.Count);
        Calls.Add(call);
        (await progress.BeginAsync()).ShouldBeTrue();
        progress.BodyWritten();
        var outcome = await Provider(call);
        call.Taken |= outcome is SendOutcome.Accepted;
        call.Outcome = outcome;
        return _plant?.Invoke(outcome) ?? outcome;
    }

    public async Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(1), Clock, cancellationToken);
        return new Answer(AnswerKind.Model, "re " + question.Text.Replace('\n', '|'), [], new AnswerTrace());
    }

    public IReadOnlyList<string> Render(string markdown) => markdown.Length == 0 ? [] : [markdown];

    public IReadOnlyList<string> AsWritten(string text) => Render(text);

    public string? AsTyped(string text) => text;

    public void AnswerIsComing(Guid connectionId, string providerMessageId)
    {
    }

    public void WasRead(Guid connectionId, string providerMessageId)
    {
    }

    /// <summary>Customers' messages arrive in one callback and pass the product's own arrival rule.</summary>
    public Task<IngestResult> ArriveAsync(params IEnumerable<(string Customer, string Id, string Text, DateTimeOffset At)> messages) => Store.IngestAsync(
        [.. messages.Select(m => new CustomerArrival
        {
            Route = PhoneNumberId(0),
            DedupKey = _keys.Of(PhoneNumberId(0), m.Id, default),
            From = new CustomerIdentity("wa_" + m.Customer, m.Customer),
            ProviderMessageId = m.Id,
            At = m.At,
            Type = "text",
            Text = m.Text,
            StartsTurn = true,
            RefreshesWindow = true,
        })],
        arrival => ArrivalRules.Decide(arrival, _options.Quiet, _options.StaleAfter),
        Clock.GetUtcNow());

    /// <summary>Puts messages into the outbox, in one commit. The customers have just written, their window is open.</summary>
    public void Queue(int connection, IEnumerable<(string Customer, string Text)> messages, SendAuthor author = SendAuthor.Assistant) => Do(_writer.WriteAsync(session =>
    {
        var now = Clock.GetUtcNow();
        var route = new RouteRow(ConnectionId(connection), AccountId(connection), ChatbotId(connection), true, 0, "en", null);
        foreach (var (customer, text) in messages)
        {
            var thread = new SqliteThreads(session, now, _signals).Resolve(route, new CustomerIdentity("wa_" + customer, customer), "whatsapp", out _);
            session.Execute("UPDATE conversations SET LastInboundAt = ifnull(LastInboundAt, $2) WHERE Id = $1", thread.Id, now);
            SqliteOutbox.Add(session, new NewOutbound(route.AccountId, thread.Id, route.Id, author == SendAuthor.Assistant ? Guid.CreateVersion7(now) : null, 0, author, text, customer, thread.Epoch, 0, now));
            session.AfterCommit(() => _signals.SignalSendDue(thread.Id, route.Id));
        }

        return 0;
    }));

    /// <summary>A delivery status arrives at the callback.</summary>
    public Task<IngestResult> ReportAsync(params IEnumerable<StatusArrival> statuses) => Store.IngestAsync([.. statuses], static _ => default, Clock.GetUtcNow());

    public StatusArrival Status(Call call, DeliveryStatus status, SendOutcome.Rejected? failure = null, bool withKey = true) => new()
    {
        Route = PhoneNumberId(call.Send.ConnectionId == ConnectionId(0) ? 0 : 1),
        ProviderMessageId = call.ProviderId,
        Key = withKey ? call.Send.Key : null,
        Recipient = call.Send.Recipient,
        Status = status,
        At = Clock.GetUtcNow(),
        Failure = failure,
    };

    /// <summary>Something that goes on beside; its failure fails the test.</summary>
    public void Meanwhile(Task work) => _running.Add(work);

    public Task DelayAsync(TimeSpan time) => Task.Delay(time, Clock);

    /// <summary>Lets time pass until the condition holds; fails when it does not within the given (virtual) time.</summary>
    public void Run(Func<bool> until, TimeSpan? within = null)
    {
        var end = Clock.GetUtcNow() + (within ?? TimeSpan.FromHours(2));
        while (true)
        {
            Settle();
            if (until())
            {
                return;
            }

            if (Clock.GetUtcNow() >= end)
            {
                throw new TimeoutException("still open: " + string.Join('\n', Rows().Where(r => (int)r.State < 3).Take(5)));
            }

            Clock.Step(end);
        }
    }

    /// <summary>Lets exactly so much time pass.</summary>
    public void Run(TimeSpan time)
    {
        var end = Clock.GetUtcNow() + time;
        Settle();
        while (Clock.GetUtcNow() < end)
        {
            Clock.Step(end);
            Settle();
        }
    }

    /// <summary>Until no row is open.</summary>
    public void RunToTheEnd(TimeSpan? within = null) => Run(() => Number("SELECT count(*) FROM outbox WHERE State < 3") == 0, within);

    public T Do<T>(Task<T> work)
    {
        Run(() => work.IsCompleted);
#pragma warning disable VSTHRD002 // It has completed.
        return work.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    public void Execute(string sql, params object?[] values) => Do(_writer.WriteAsync(session => session.Execute(sql, values)));

    public long Number(string sql)
    {
        using var command = _look.CreateCommand();
#pragma warning disable CA2100 // Texts of tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar() is long number ? number : 0;
    }

    /// <summary>A callback as the provider sends it, signature aside.</summary>
    public IngestResult Receive(byte[] body)
    {
        var items = new Arrivals(_keys).From(WebhookParser.Parse(body));
        return items.Count == 0
            ? default
            : Do(Store.IngestAsync(items, arrival => ArrivalRules.Decide(arrival, _options.Quiet, _options.StaleAfter), Clock.GetUtcNow()));
    }

    public List<string> Texts(string sql)
    {
        using var command = _look.CreateCommand();
#pragma warning disable CA2100 // Texts of tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read())
        {
            texts.Add(reader.GetString(0));
        }

        return texts;
    }

    public string? BrokenReason(int connection)
    {
        using var command = _look.CreateCommand();
        command.CommandText = "SELECT BrokenReason FROM connections WHERE PhoneNumberId = $1";
        command.Parameters.AddWithValue("$1", PhoneNumberId(connection));
        return command.ExecuteScalar() as string;
    }

    public List<Row> Rows()
    {
        using var command = _look.CreateCommand();
        command.CommandText = """
            SELECT o.Key, o.State, o.Attempt, o.Waits, o.PossibleDuplicate, o.EndReason, m.Status, m.FailureCode, m.FailureReason, o.Recipient, c.WaitingReason
            FROM outbox o JOIN messages m ON m.Seq = o.MessageSeq JOIN conversations c ON c.Id = o.ConversationId ORDER BY o.MessageSeq
            """;
        using var reader = command.ExecuteReader();
        var rows = new List<Row>();
        while (reader.Read())
        {
            rows.Add(new Row(
                reader.GetString(0), (OutboxState)reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3), reader.Flag(4), reader.TextOrNull(5),
                (MessageStatus)reader.GetInt32(6), (int?)reader.NumberOrNull(7), reader.TextOrNull(8), reader.GetString(9), reader.TextOrNull(10)));
        }

        return rows;
    }

    /// <summary>What breaks the contract: sends that ended without being taken or shown, and duplicates without a flag.</summary>
    public List<string> Violations()
    {
        var wrong = new List<string>();
        foreach (var row in Rows())
        {
            var taken = Calls.Count(c => c.RowKey == row.Key && c.Taken);
            var counted = Calls.Count(c => c.RowKey == row.Key) - row.Waits;
            if (row.State == OutboxState.Accepted && taken == 0)
            {
                wrong.Add($"lost: {row.Key} counts as sent and was never taken");
            }
            else if ((int)row.State < 3 || (row.State == OutboxState.Failed && (row.Reason is null || row.Wanted is null)))
            {
                wrong.Add($"lost: {row} ended nowhere, or nobody was told");
            }

            if (taken > 1 && !row.Duplicate)
            {
                wrong.Add($"duplicated: {row.Key} was taken {taken} times and carries no flag");
            }

            if (counted > RetryRules.MaxAttempts)
            {
                wrong.Add($"storm: {row.Key} was handed over {counted} times");
            }
        }

        // A send that nobody answered holds the later ones for ten seconds only: sent again, it comes behind them.
        var unclear = Calls.Where(c => c.Outcome is SendOutcome.Ambiguous).Select(c => c.RowKey).ToHashSet();
        foreach (var customer in Calls.Where(c => c.Taken && !unclear.Contains(c.RowKey)).GroupBy(c => c.Send.Recipient))
        {
            var order = customer.DistinctBy(c => c.RowKey).Select(c => c.Send.Text).ToList();
            if (!order.SequenceEqual(order.Order(StringComparer.Ordinal)))
            {
                wrong.Add($"order: {customer.Key} got {string.Join(' ', order)}");
            }
        }

        return wrong;
    }

    public static Guid ConnectionId(int connection) => Id(10 + connection);

    public static string PhoneNumberId(int connection) => $"30000000000000{connection + 1}";

    public void Dispose()
    {
        _end.Cancel();
        Settle();
        SynchronizationContext.SetSynchronizationContext(_before);
        _sender.Dispose();
        _dispatcher.Dispose();
        _turns.Dispose();
        _writer.Dispose();
        _reads.Dispose();
        _look.Dispose();
        _end.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, true);
    }

    private static Guid AccountId(int connection) => Id(20 + connection);

    private static Guid ChatbotId(int connection) => Id(30 + connection);

    private static Guid Id(int number) => new($"00000000-0000-7000-8000-{number:D12}");

    private void Settle()
    {
        while (_pump.RunOne())
        {
        }

        foreach (var loop in _running)
        {
            loop.IsFaulted.ShouldBeFalse(loop.Exception?.ToString());
        }

        _running.RemoveAll(task => task.IsCompletedSuccessfully);
    }

    private static void Seed(SqliteDatabase database)
    {
        using var connection = database.OpenForWriting();
        using var db = SqliteDatabase.ContextOn(connection);
        for (var i = 0; i < 2; i++)
        {
            db.Add(new Account { Id = AccountId(i), Name = $"Account {i}", CreatedAt = Start });
            db.Add(new Chatbot { Id = ChatbotId(i), AccountId = AccountId(i), Name = "Bot", Disclosure = "", CreatedAt = Start });
            db.Add(new Connection
            {
                Id = ConnectionId(i),
                AccountId = AccountId(i),
                ChatbotId = ChatbotId(i),
                Channel = "whatsapp",
                Provider = "Pinnacle",
                BaseUrl = "http://127.0.0.1:1",
                WabaId = $"20000000000000{i + 1}",
                PhoneNumberId = PhoneNumberId(i),
                DisplayPhoneNumber = $"1555010000{i + 1}",
                ApiKeyProtected = "first",
                CreatedAt = Start,
            });
        }

        db.SaveChanges();
    }
}
