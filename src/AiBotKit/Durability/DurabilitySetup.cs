using AiBotKit.Storage;

namespace AiBotKit.Durability;

/// <summary>Registers the writer and the loops that keep messages moving.</summary>
internal static class DurabilitySetup
{
    public static void AddDurability(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(KillSwitch.FromEnvironment());
        builder.Services.AddSingleton<GroupCommitWriter>();
        builder.Services.AddSingleton<IDataWriter>(services => services.GetRequiredService<GroupCommitWriter>());
        builder.Services.AddHostedService<WriterLoop>();
    }

    /// <summary>Runs the writer for the life of the host, on a thread of its own: every commit blocks in an fsync.</summary>
    private sealed class WriterLoop(GroupCommitWriter writer) : IHostedService, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();
        private Task _running = Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _running = writer.RunAsync(_stopping.Token);
            return Task.CompletedTask;
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await _stopping.CancelAsync();
            await _running.WaitAsync(cancellationToken);
        }

        public void Dispose() => _stopping.Dispose();
    }
}
