using System.Text.Json;
using AiBotKit.Accounts;
using AiBotKit.Channels;
using AiBotKit.Channels.WhatsApp;
using AiBotKit.Chatbots;
using AiBotKit.Conversations.Leads;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.Data.Sqlite;

namespace AiBotKit.Tests.Faults.Crashes;

/// <summary>One history: customers write, people switch, the provider misbehaves, the product crashes, until everything is quiet; then the checker looks.</summary>
internal sealed partial class Simulation : IDisposable
{
    /// <summary>What the lead form of the first tenant begins with.</summary>
    public const string FormHeading = "Before we go on";

    private static readonly DateTimeOffset Start = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly Lazy<string> Template = new(MakeTemplate);

    /// <summary>Back-off ends after minutes, the wait for a status after 90 s, and a clock that jumped puts nothing off.</summary>
    private static readonly TimeSpan LongestUnrest = TimeSpan.FromMinutes(40);

    private readonly World _world;
    private readonly Random _random;
    private readonly SimFaults _faults = new();
    private readonly Func<IMessageStore, IMessageStore>? _mutate;
    private readonly string _root = Path.Combine(TestFolder, Guid.NewGuid().ToString("N"));
    private Pump _pump = null!;
    private SimProduct _product = null!;
    private List<Task> _loops = [];
    private readonly TimeSpan _staleAfter;
    private readonly bool _busyPeople;
    private int _life;

    /// <param name="busyPeople">People act four times as often.</param>
    public Simulation(int seed, Func<IMessageStore, IMessageStore>? mutate = null, bool busyPeople = false)
    {
        _busyPeople = busyPeople;
        _random = new Random(seed);
        _world = new World(_random, new SimClock(Start));
        _mutate = mutate;

        // In half of the histories old messages are answered as long as their window is open: then the window is what ends them.
        _staleAfter = seed % 2 == 0 ? TimeSpan.FromMinutes(60) : TimeSpan.FromDays(2);
        Directory.CreateDirectory(Folder);
        File.Copy(Path.Combine(Template.Value, "aibotkit.db"), Path.Combine(Folder, "aibotkit.db"));
        foreach (var tenant in Tenants)
        {
            for (var i = 1; i <= 3; i++)
            {
                // The third of each tenant is known by two names.
                _world.Customers.Add(new Customer(tenant, $"1555010{tenant.DisplayPhone[^1]}0{i}", i == 3 ? $"US.1000000000000000{tenant.Name}" : null));
            }
        }
    }

    public static IReadOnlyList<Tenant> Tenants { get; } =
    [
        new('A', Id(1), Id(2), Id(3), "300000000000001", "200000000000001", "15550100001", true),
        new('B', Id(4), Id(5), Id(6), "300000000000002", "200000000000002", "15550100002", false),
    ];

    public int Crashes { get; private set; }

    /// <summary>Crashes before the recovery of the crash before had ended (F02).</summary>
    public int CrashesInRecovery { get; private set; }

    public int ClockJumps { get; private set; }

    /// <summary>Answered acts of people in single conversations.</summary>
    public int Acts { get; private set; }

    /// <summary>Times that a day passed while something waited.</summary>
    public int Days { get; private set; }

    /// <summary>Conversations that were found to be one customer's and merged.</summary>
    public int Merges { get; private set; }

    /// <summary>Customers whom the lead form has reached.</summary>
    public int FormsBegun { get; private set; }

    /// <summary>AI messages that were counted.</summary>
    public long AiMessages { get; private set; }

    /// <summary>How customer messages ended.</summary>
    public IReadOnlyDictionary<string, int> Outcomes { get; private set; } = new Dictionary<string, int>();

    public IReadOnlyDictionary<FaultPoint, int> CrashPoints => _faults.Crashes;

    public World World => _world;

    private static string TestFolder => Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), "aibotkit-simulation");

    private string Folder => Path.Combine(_root, _life.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Runs the history with about <paramref name="crashes"/> crashes; null when all is well, else the report.</summary>
    public string? Run(int crashes, int messages)
    {
        var before = SynchronizationContext.Current;
        try
        {
            Live();
            var toSay = messages;
            while (toSay > 0 || Crashes < crashes)
            {
                if (_random.Next(60) == 0 && toSay > 0)
                {
                    toSay--;
                    _world.CustomerWrites(_world.Customers[_random.Next(_world.Customers.Count)]);
                }

                if (toSay == 0 && Crashes < crashes && _random.Next(200) == 0)
                {
                    toSay++;
                }

                Step(crashing: Crashes < crashes);
            }

            var checker = new HistoryChecker(_world);
            var report = Quiesce() is { } stuck ? Report([stuck]) : checker.Check(Folder) is { Count: > 0 } wrong ? Report(wrong) : null;
            Outcomes = checker.Outcomes;
            Merges = checker.Merges;
            FormsBegun = checker.FormsBegun;
            AiMessages = checker.AiMessages;
            return report;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    public void Dispose()
    {
        _product.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_root, true);
    }

    private static Guid Id(int n) => new($"00000000-0000-7000-8000-{n:D12}");

    private void Live()
    {
        _pump = new Pump(_random);
        SynchronizationContext.SetSynchronizationContext(_pump);
        _product = new SimProduct(_world, Folder, _faults, _staleAfter, _mutate);
        _loops = _product.Start();
    }

    private void Step(bool crashing)
    {
        if (crashing && !_armed)
        {
            _armed = true;
            // Every fourth one soon: then the recovery itself is hit.
            _faults.Arm(_random.Next(4) == 0 ? _random.Next(0, 6) : _random.Next(1, 120));
        }

        switch (_random.Next(100))
        {
            case < 80 when _pump.Waiting > 0:
                _pump.RunOne();
                break;
            case < 92 when _world.Webhooks.Count > 0 && _product.Ready:
                _inFlight.Add(DeliverAsync());
                break;
            case 92 when _world.FaultsOn && _random.Next(_busyPeople ? 1 : 4) == 0 && _product.Ready:
                _inFlight.Add(_random.Next(3) == 0 ? ReplyAsync() : SwitchAsync());
                break;
            case 93 when _world.FaultsOn && _random.Next(40) == 0:
                JumpClock();
                break;
            case 94 when _world.FaultsOn && _random.Next(_world.Paused.Count > 0 ? 4 : 20) == 0 && _product.Ready:
                _inFlight.Add(SwitchConnectionAsync(_world.Paused.Count > 0 ? _world.Paused.First() : Tenants[_random.Next(Tenants.Count)]));
                break;
            case 95 when _random.Next(20) == 0:
                _world.Reinstate(Tenants[_random.Next(Tenants.Count)]);
                break;
            case 96 when _world.FaultsOn && _random.Next(30) == 0:
                PassDay();
                break;
            default:
                _world.Clock.Advance(TimeSpan.FromMilliseconds(_random.Next(1, 400)));
                break;
        }

        _inFlight.RemoveAll(t => t.IsCompleted);
        if (_faults.Crashed)
        {
            Die();
        }
        else if (_loops.Find(l => l.IsFaulted) is { } broken)
        {
            throw new InvalidOperationException("A loop of the product ended by itself.", broken.Exception);
        }
    }

    /// <summary>The windows of those who have just written are about to close, or have just closed.</summary>
    private void PassDay()
    {
        Days++;
        _world.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(_random.Next(-30, 150)));
    }

    /// <summary>Minutes, an hour or a day in either direction; after the next jump the clock is right again (F27).</summary>
    private void JumpClock()
    {
        if (_world.Clock.IsOff)
        {
            _world.Clock.SetRight();
            return;
        }

        ClockJumps++;
        var by = TimeSpan.FromMinutes(_random.Next(4) switch { 0 => 60, 1 => 1440, _ => _random.Next(1, 30) });
        _world.Clock.Jump(_random.Next(2) == 0 ? by : -by);
    }

    /// <summary>The process is gone: its memory is dropped, the next life begins on a copy of the files as they are on disk.</summary>
    private void Die()
    {
        Crashes++;
        CrashesInRecovery += _product.Ready ? 0 : 1;

        // A crash during the recovery leaves what the crash before it left.
        _inDoubt = _product.Sending + (_product.Ready ? 0 : _inDoubt);
        _armed = false;
        _inFlight.Clear();
        // The provider never saw an answer to these.
        _world.Webhooks.AddRange(_delivering);
        _delivering.Clear();
        _switching.Clear();
        _switchingConnections.Clear();
        var old = Folder;
        _life++;
        Directory.CreateDirectory(Folder);
        foreach (var file in (string[])["aibotkit.db", "aibotkit.db-wal"])
        {
            if (File.Exists(Path.Combine(old, file)))
            {
                File.Copy(Path.Combine(old, file), Path.Combine(Folder, file));
            }
        }

        _product.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(old, true);
        _faults.Arm(null);
        _world.Note("CRASH");
        Live();
        ReadSwitches();
        CheckLeftSending();
    }

    /// <summary>What a crash leaves in doubt is at most one send of each conversation that was being served (I3).</summary>
    private void CheckLeftSending()
    {
        using var connection = new SqliteDatabase(Folder).OpenForReading();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*), count(DISTINCT ConversationId) FROM outbox WHERE State = 1";
        using var reader = command.ExecuteReader();
        reader.Read();
        if (reader.GetInt32(0) > _inDoubt || reader.GetInt32(0) > reader.GetInt32(1))
        {
            _world.Violations.Add($"unexpected: a crash left {reader.GetInt32(0)} sends of {reader.GetInt32(1)} conversations in doubt, {_inDoubt} were served");
        }
    }

    private async Task DeliverAsync()
    {
        var webhook = _world.Webhooks[0];
        _world.Webhooks.RemoveAt(0);
        _delivering.Add(webhook);
        var answered = false;
        var first = webhook.Tries++ == 0;
        var paused = webhook.MessageIds.Length > 0 && first && _world.Paused.Contains(_world.Messages[webhook.MessageIds[0]].Customer.Tenant);
        try
        {
            answered = await _product.Webhook.RunAsync(webhook.Body, webhook.Signature, null) == WebhookAnswer.Stored;
        }
        catch (CrashException)
        {
        }
        finally
        {
            _delivering.Remove(webhook);
            if (answered && !_faults.Crashed)
            {
                foreach (var id in webhook.MessageIds)
                {
                    _world.Messages[id].Acknowledged = true;
                    _world.Messages[id].CameWhilePaused |= paused && _world.Paused.Contains(_world.Messages[id].Customer.Tenant);
                }
            }
            else
            {
                _world.Webhooks.Add(webhook);
            }
        }
    }

    private readonly List<Task> _inFlight = [];
    private readonly List<PendingWebhook> _delivering = [];
    private bool _armed;
    private int _inDoubt;

    private string? Quiesce()
    {
        _faults.Arm(null);
        _world.FaultsOn = false;
        var quiet = 0;
        var since = _world.Clock.World;
        for (var step = 0; step < 400_000; step++)
        {
            Step(crashing: false);
            if (_pump.Waiting == 0 && _world.Webhooks.Count == 0 && _inFlight.Count == 0)
            {
                // Long waits (the reconcile wait, back-off, a clock that jumped back) pass in seconds here.
                _world.Clock.Advance(TimeSpan.FromSeconds(3));
                if (++quiet % 50 == 0 && IsSettled())
                {
                    return _world.Clock.World - since <= LongestUnrest ? null : $"became quiet only after {_world.Clock.World - since}";
                }

                if (quiet % 200 == 0)
                {
                    foreach (var tenant in Tenants)
                    {
                        _world.Reinstate(tenant);
                    }
                }
            }
        }

        return "did not become quiet";
    }

    private bool IsSettled()
    {
        using var connection = new SqliteDatabase(Folder).OpenForReading();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT (SELECT count(*) FROM outbox WHERE State < 3) + (SELECT count(*) FROM work)";
        return (long)command.ExecuteScalar()! == 0;
    }

    private string Report(IReadOnlyList<string> wrong) =>
        $"{string.Join('\n', wrong.Take(20))}\nafter {Crashes} crashes; {_product.State}; loops {string.Join(',', _loops.Select(l => l.Status))}; last steps:\n{string.Join('\n', _world.Trace.TakeLast(60))}";

    private static string MakeTemplate()
    {
        var folder = Path.Combine(TestFolder, "template-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        var database = new SqliteDatabase(folder);
        database.BringUp();
        using var connection = database.OpenForWriting();
        using var db = SqliteDatabase.ContextOn(connection);
        foreach (var tenant in Tenants)
        {
            db.Add(new Account { Id = tenant.AccountId, Name = tenant.Name.ToString(), CreatedAt = Start });
            db.Add(new Chatbot { Id = tenant.ChatbotId, AccountId = tenant.AccountId, Name = "Bot", Disclosure = "", TakeoverHours = null, CreatedAt = Start });
            db.Add(new LeadForm
            {
                ChatbotId = tenant.ChatbotId,
                AccountId = tenant.AccountId,
                // Customers here only ask, so that every message is answered too and can be told from the answer.
                Enabled = tenant.Name == 'A',
                Settings = JsonSerializer.Serialize(LeadFormValues.New with { Enabled = true, Heading = FormHeading, AskName = false, AskPhone = false }, LeadJson.Default.LeadFormValues),
            });
            db.Add(new Connection
            {
                Id = tenant.ConnectionId,
                AccountId = tenant.AccountId,
                ChatbotId = tenant.ChatbotId,
                Channel = "whatsapp",
                Provider = "Pinnacle",
                BaseUrl = "http://127.0.0.1:1",
                WabaId = tenant.WabaId,
                PhoneNumberId = tenant.PhoneNumberId,
                DisplayPhoneNumber = tenant.DisplayPhone,
                CreatedAt = Start,
                MessagesPerSecond = 1000,
                PairBurst = 1000,
            });
        }

        db.SaveChanges();
        SqliteConnection.ClearAllPools();
        return folder;
    }
}
