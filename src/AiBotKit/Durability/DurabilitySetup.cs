using AiBotKit.Durability.Backups;
using AiBotKit.Hosting;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Storage;

namespace AiBotKit.Durability;

/// <summary>Registers the writer and the loops that keep messages moving.</summary>
internal static class DurabilitySetup
{
    public static void AddDurability(this WebApplicationBuilder builder, SettingsReader settings)
    {
        var services = builder.Services;
        services.AddSingleton(KillSwitch.FromEnvironment());
        services.AddSingleton(Random.Shared);
        services.AddSingleton<CommitSignals>();
        services.AddSingleton<SendGates>();
        services.AddSingleton<StoredKeys>();
        services.AddSingleton<GroupCommitWriter>();
        services.AddSingleton<IDataWriter>(provider => provider.GetRequiredService<GroupCommitWriter>());
        services.AddSingleton<ReadinessCheck>(provider => () => provider.GetRequiredService<GroupCommitWriter>().Healthy);
        services.AddSingleton<SqliteReads>();
        services.AddSingleton<IMessageStore, SqliteMessageStore>();
        services.AddSingleton<DeadLetterReplays>();
        services.AddSingleton<Dispatcher>();
        services.AddSingleton<Sender>();
        services.AddHostedService<WriterLoop>();
        services.AddSingleton(RetentionOptions.Read(settings));
        services.AddSingleton<ApplyRetention>();
        services.AddHostedService(provider => provider.GetRequiredService<ApplyRetention>());
        services.AddSingleton<MakeBackup>();
        services.AddSingleton<Quarantine>();
        services.AddSingleton<Checkpointer>();
        services.AddHostedService(provider => provider.GetRequiredService<Checkpointer>());
    }

    /// <summary>Last of the hosted services: everything they need (schema, seeds, keys) is there. Stops first.</summary>
    public static void AddMessageLoops(this WebApplicationBuilder builder) => builder.Services.AddHostedService<MessageLoops>();

    /// <summary>Runs the writer for the life of the host.</summary>
    private sealed class WriterLoop(GroupCommitWriter writer) : IHostedService, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();
        private Task _running = Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            // Off the starting thread: the first batches block in an fsync and must not hold up the start. Later ones run on the pool.
            _running = Task.Factory.StartNew(() => writer.RunAsync(_stopping.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
            return Task.CompletedTask;
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            // A host can be stopped a second time after it was disposed.
            if (_running.IsCompleted)
            {
                return;
            }

            await _stopping.CancelAsync();
            await _running.WaitAsync(cancellationToken);
        }

        public void Dispose() => _stopping.Dispose();
    }

    /// <summary>Recovers once, then runs turns and sends. On stop: no new claims, sends under way are finished, turns give their claim back.</summary>
    private sealed class MessageLoops(IMessageStore store, Dispatcher dispatcher, Sender sender, SenderSettings settings, Quarantine quarantine, FaultPoints faults, TimeProvider time) : IHostedService, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();
        private Task _running = Task.CompletedTask;

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await store.RecoverAsync(settings.AmbiguousWait, time.GetUtcNow());
            quarantine.Load();
            _running = RunAsync();
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            if (_running.IsCompleted)
            {
                return;
            }

            faults.Reach(FaultPoint.X0Draining);
            await _stopping.CancelAsync();
            await _running.WaitAsync(cancellationToken);
        }

        public void Dispose() => _stopping.Dispose();

        private async Task RunAsync()
        {
            try
            {
                await quarantine.WaitForReleaseAsync(_stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.WhenAll(dispatcher.RunAsync(_stopping.Token), sender.RunAsync(_stopping.Token));
        }
    }
}
