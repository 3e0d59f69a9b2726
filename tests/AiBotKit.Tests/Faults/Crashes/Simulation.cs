using AiBotKit.Accounts;
using AiBotKit.Channels;
using AiBotKit.Channels.WhatsApp;
using AiBotKit.Chatbots;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.Data.Sqlite;

namespace AiBotKit.Tests.Faults.Crashes;

/// <summary>One history: customers write, people switch, the provider misbehaves, the product crashes, until everything is quiet; then the checker looks.</summary>
internal sealed class Simulation : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly Lazy<string> Template = new(MakeTemplate);

    private readonly World _world;
    private readonly Random _random;
    private readonly SimFaults _faults = new();
    private readonly Func<IMessageStore, IMessageStore>? _mutate;
    private readonly string _root = Path.Combine(TestFolder, Guid.NewGuid().ToString("N"));
    private Pump _pump = null!;
    private SimProduct _product = null!;
    private List<Task> _loops = [];
    private int _life;

    public Simulation(int seed, Func<IMessageStore, IMessageStore>? mutate = null)
    {
        _random = new Random(seed);
        _world = new World(_random, new SimClock(Start));
        _mutate = mutate;
        Directory.CreateDirectory(Folder);
        File.Copy(Path.Combine(Template.Value, "aibotkit.db"), Path.Combine(Folder, "aibotkit.db"));
        foreach (var tenant in Tenants)
        {
            for (var i = 1; i <= 3; i++)
            {
                _world.Customers.Add(new Customer(tenant, $"1555010{tenant.DisplayPhone[^1]}0{i}"));
            }
        }
    }

    public static IReadOnlyList<Tenant> Tenants { get; } =
    [
        new('A', Id(1), Id(2), Id(3), "300000000000001", "200000000000001", "15550100001", true),
        new('B', Id(4), Id(5), Id(6), "300000000000002", "200000000000002", "15550100002", false),
    ];

    public int Crashes { get; private set; }

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

            return Quiesce() is { } stuck ? Report([stuck]) : new HistoryChecker(_world).Check(Folder) is { Count: > 0 } wrong ? Report(wrong) : null;
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
        _product = new SimProduct(_world, Folder, _faults, _mutate);
        _loops = _product.Start();
    }

    private void Step(bool crashing)
    {
        if (crashing && !_armed)
        {
            _armed = true;
            _faults.Arm(_random.Next(1, 120));
        }

        switch (_random.Next(100))
        {
            case < 80 when _pump.Waiting > 0:
                _pump.RunOne();
                break;
            case < 92 when _world.Webhooks.Count > 0 && _product.Ready:
                _inFlight.Add(DeliverAsync());
                break;
            case 92 when _world.FaultsOn && _random.Next(4) == 0 && _product.Ready:
                _inFlight.Add(SwitchAsync());
                break;
            case 93 when _world.FaultsOn && _random.Next(40) == 0:
                _world.Clock.Jump(TimeSpan.FromMinutes(_random.Next(-30, 30)));
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

    /// <summary>The process is gone: its memory is dropped, the next life begins on a copy of the files as they are on disk.</summary>
    private void Die()
    {
        Crashes++;
        _armed = false;
        _inFlight.Clear();
        // The provider never saw an answer to these.
        _world.Webhooks.AddRange(_delivering);
        _delivering.Clear();
        _switching.Clear();
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
    }

    private async Task DeliverAsync()
    {
        var webhook = _world.Webhooks[0];
        _world.Webhooks.RemoveAt(0);
        _delivering.Add(webhook);
        var answered = false;
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
                }
            }
            else
            {
                _world.Webhooks.Add(webhook);
            }
        }
    }

    private async Task SwitchAsync()
    {
        var customer = _world.Customers[_random.Next(_world.Customers.Count)];
        // One switch of a customer at a time: of two that overlap, the order of the answers does not tell which one the store took last.
        if (ConversationOf(customer) is not { } conversation || !_switching.Add(customer))
        {
            return;
        }

        var on = _world.Off.Contains(customer) || _random.Next(2) == 0;
        if (on)
        {
            _world.Off.Remove(customer);
        }

        try
        {
            await _product.Switch.RunAsync(customer.Tenant.AccountId, conversation, on, "owner", CancellationToken.None);
            if (!on)
            {
                _world.Off.Add(customer);
            }

            _world.Note($"AI replies of {customer} are {(on ? "on" : "off")}");
        }
        catch (CrashException)
        {
        }

        _switching.Remove(customer);
    }

    private readonly HashSet<Customer> _switching = [];
    private readonly List<Task> _inFlight = [];
    private readonly List<PendingWebhook> _delivering = [];
    private bool _armed;

    private Guid? ConversationOf(Customer customer)
    {
        using var connection = new SqliteDatabase(Folder).OpenForReading();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT Id FROM conversations WHERE ChatbotId = $c AND Address = $a";
        command.Parameters.AddWithValue("$c", customer.Tenant.ChatbotId.ToByteArray(true));
        command.Parameters.AddWithValue("$a", customer.Phone);
        return command.ExecuteScalar() is byte[] id ? new Guid(id, true) : null;
    }

    /// <summary>A switch that a crash interrupted is what the disk says.</summary>
    private void ReadSwitches()
    {
        _world.Off.Clear();
        using var connection = new SqliteDatabase(Folder).OpenForReading();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT ChatbotId, Address FROM conversations WHERE AiReplies = 0";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var (chatbot, address) = (new Guid(reader.GetFieldValue<byte[]>(0), true), reader.GetString(1));
            _world.Off.Add(_world.Customers.Single(c => c.Tenant.ChatbotId == chatbot && c.Phone == address));
        }
    }

    private string? Quiesce()
    {
        _faults.Arm(null);
        _world.FaultsOn = false;
        var quiet = 0;
        for (var step = 0; step < 400_000; step++)
        {
            Step(crashing: false);
            if (_pump.Waiting == 0 && _world.Webhooks.Count == 0 && _inFlight.Count == 0)
            {
                // Long waits (the reconcile wait, back-off, a clock that jumped back) pass in seconds here.
                _world.Clock.Advance(TimeSpan.FromSeconds(3));
                if (++quiet % 50 == 0 && IsSettled())
                {
                    return null;
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
            db.Add(new Chatbot { Id = tenant.ChatbotId, AccountId = tenant.AccountId, Name = "Bot", Disclosure = "", CreatedAt = Start });
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
