using System.Diagnostics.Metrics;
using AiBotKit.Channels;
using AiBotKit.Channels.WhatsApp;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Conversations.Leads;
using AiBotKit.Durability;
using AiBotKit.Knowledge;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace AiBotKit.Tests.Faults.Crashes;

/// <summary>One life of the product: its real code on the real SQLite file, with the five seams replaced.</summary>
internal sealed class SimProduct : IDisposable
{
    private static readonly IMeterFactory Meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    private readonly CancellationTokenSource _end = new();
    private readonly GroupCommitWriter _writer;
    private readonly SqliteReads _reads;
    private readonly Dispatcher _dispatcher;
    private readonly Sender _sender;
    private readonly RunTurn _turns;
    private readonly World _world;

    public SimProduct(World world, string folder, SimFaults faults, TimeSpan staleAfter, Func<IMessageStore, IMessageStore>? mutate)
    {
        _world = world;
        var database = new SqliteDatabase(folder);
        var signals = new CommitSignals();
        var gates = new SendGates();
        var conversations = new ConversationsOptions { LoopGuardTurns = 0, StaleAfterMinutes = (int)staleAfter.TotalMinutes };
        _writer = new GroupCommitWriter(database, faults, world.Clock, new SimLog<GroupCommitWriter>(world));
        _reads = new SqliteReads(database);
        Store = new SqliteMessageStore(_writer, _reads, signals, faults);
        Store = new CommitWatch(mutate?.Invoke(Store) ?? Store, world);
        var channel = new SimChannel(world);
        _turns = new RunTurn(Store, new SimAnswerer(world, faults), channel, new RecordGap(_writer, world.Clock), new NobodyCalled(), new LeadTalks((_, _, _) => Task.FromResult<Chatbot?>(null), _ => "en", null), signals, conversations, faults, world.Clock, new SimLog<RunTurn>(world));
        _dispatcher = new Dispatcher(Store, _turns, signals, world.Clock, new SimLog<Dispatcher>(world));
        _sender = new Sender(Store, channel, gates, signals, new SenderSettings(TimeSpan.FromSeconds(90)), faults, world.Clock, world.Random, new SimLog<Sender>(world));
        Switch = new SwitchAiReplies(Store, gates, faults, world.Clock);
        Reply = new SendReply(Store, channel, gates, new ReadDb(database), faults, world.Clock);
        SwitchConnection = new SwitchConnection(Store, gates, faults, world.Clock);
        var keys = new DedupKeys(new byte[32]);
        Webhook = new ReceiveWebhook(new SignatureScheme(World.Secret), CallbackSecrets.None(world.Clock), new RefusedCallbacks(CallbackSecrets.None(world.Clock), world.Clock), new Arrivals(keys), keys, Store, conversations, new WhatsAppMetrics(Meters), faults, world.Clock);
    }

    public IMessageStore Store { get; }

    public SwitchAiReplies Switch { get; }

    public SendReply Reply { get; }

    public SwitchConnection SwitchConnection { get; }

    public ReceiveWebhook Webhook { get; }

    /// <summary>Conversations the sender is busy with: no more sends than that can be under way.</summary>
    public int Sending => _sender.Active;

    public bool Ready { get; private set; }

    public string State => $"ready {Ready}, writer waiting {_writer.Waiting}, lanes {_sender.Active}, turns {_dispatcher.Active}";

    /// <summary>Starts the loops; they run when the pump runs.</summary>
    public List<Task> Start() => [_writer.RunAsync(_end.Token), BootAsync()];

    public void Dispose()
    {
        _dispatcher.Dispose();
        _sender.Dispose();
        _turns.Dispose();
        _writer.Dispose();
        _reads.Dispose();
        _end.Dispose();
    }

    private async Task BootAsync()
    {
        await Store.RecoverAsync(TimeSpan.FromSeconds(90), _world.Clock.GetUtcNow());
        Ready = true;
        await Task.WhenAll(_dispatcher.RunAsync(_end.Token), _sender.RunAsync(_end.Token));
    }
}
