using AiBotKit.Durability.Backups;
using AiBotKit.Hosting;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Storage;

namespace AiBotKit.Durability;

/// <summary>Registers the writer and the loops that keep messages moving.</summary>
internal static partial class DurabilitySetup
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
        services.AddSingleton<ReadinessCheck>(provider => () => provider.GetRequiredService<GroupCommitWriter>().Healthy ? null : "store_not_writing");
        services.AddSingleton<SqliteReads>();
        services.AddSingleton<IMessageStore, SqliteMessageStore>();
        services.AddSingleton<DeadLetterReplays>();
        services.AddSingleton<PlanChanges>();
        services.AddSingleton<PausedMessages>();
        services.AddSingleton<ListDeadLetters>();
        services.AddSingleton<Dispatcher>();
        services.AddSingleton<Sender>();
        services.AddHostedService<WriterLoop>();
        services.AddSingleton(RetentionOptions.Read(settings));
        services.AddSingleton<ApplyRetention>();
        services.AddHostedService(provider => provider.GetRequiredService<ApplyRetention>());
        services.AddSingleton<KeepSearchIndex>();
        services.AddHostedService(provider => provider.GetRequiredService<KeepSearchIndex>());
        services.AddSingleton<MakeBackup>();
        services.AddSingleton<Quarantine>();
        services.AddHostedService<QueueMetrics>();
        services.AddSingleton<Checkpointer>();
        services.AddHostedService(provider => provider.GetRequiredService<Checkpointer>());
    }

    /// <summary>Last of the hosted services: everything they need (schema, seeds, keys) is there. Stops first.</summary>
    public static void AddMessageLoops(this WebApplicationBuilder builder) => builder.Services.AddHostedService<MessageLoops>();

    /// <summary>Runs the writer for the life of the host.</summary>
    private sealed class WriterLoop(GroupCommitWriter writer) : IHostedService, IDisposable
    {
        private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(1.5);
        private readonly CancellationTokenSource _stopping = new();
        private Task _running = Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _running = LoopThread.RunAsync("Writer", () => writer.RunAsync(_stopping.Token));
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
            // Not under the host's time, which slow callers may have used up: what is queued is written, and that takes milliseconds or never ends.
            await _running.WaitAsync(LongestEnd, CancellationToken.None);
        }

        public void Dispose() => _stopping.Dispose();
    }

    /// <summary>
    /// Recovers once, then runs turns and sends. From the first moment of a stop on, beside the callers' requests: no new claims, sends
    /// under way are finished, turns give their claim back. What is not finished when the time is up is settled by the recovery of the next start.
    /// </summary>
    private sealed partial class MessageLoops(
        IMessageStore store, Dispatcher dispatcher, Sender sender, SenderSettings settings, Quarantine quarantine, FaultPoints faults, IHostApplicationLifetime life, TimeProvider time, ILogger<MessageLoops> logger)
        : IHostedService, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();
        private CancellationTokenRegistration _drain;
        private Task _running = Task.CompletedTask;

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await store.RecoverAsync(settings.AmbiguousWait, time.GetUtcNow());
            quarantine.Load();
            _running = RunAsync();
            _drain = life.ApplicationStopping.Register(Drain);
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            if (_running.IsCompleted)
            {
                return;
            }

            await _stopping.CancelAsync();
            try
            {
                await _running.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                LogUnfinished(sender.Active, dispatcher.Active);
            }
        }

        public void Dispose()
        {
            _drain.Dispose();
            _stopping.Dispose();
        }

        private void Drain()
        {
            faults.Reach(FaultPoint.X0Draining);
            _stopping.Cancel();
        }

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

        [LoggerMessage(Level = LogLevel.Warning, Message = "The time to stop is up with {Sends} conversations in a send and {Turns} in a turn; the next start settles them")]
        private partial void LogUnfinished(int sends, int turns);
    }
}
