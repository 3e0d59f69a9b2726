using System.Diagnostics.Metrics;
using AiBotKit.Hosting.Telemetry;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Durability;

/// <summary>How long the queues of the whole installation are; read from the store when somebody collects, and never otherwise.</summary>
internal sealed class QueueMetrics(ReadDb reads, SqliteDatabase database, GroupCommitWriter writer, IMeterFactory meters, TimeProvider time) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(ProductTelemetry.Name);
        meter.CreateObservableGauge("aibotkit.queue.oldest", () => Read(OldestSeconds), "s", "Age of the oldest customer message whose answer is due");
        meter.CreateObservableGauge("aibotkit.queue.due", () => Read(db => All<WorkRow>(db).Count()), description: "Conversations with an answer due");
        meter.CreateObservableGauge("aibotkit.outbox.open", () => Read(db => All<OutboxRow>(db).Count(o => o.State < OutboxState.Accepted)), description: "Messages not handed over or not confirmed");
        meter.CreateObservableGauge("aibotkit.outbox.unconfirmed", () => Read(db => All<OutboxRow>(db).Count(o => o.State == OutboxState.Unconfirmed)), description: "Messages that the provider may or may not have taken");
        meter.CreateObservableGauge("aibotkit.dead_letters", () => Read(db => All<DeadLetter>(db).Count(d => d.ReplayedAt == null)), description: "Dead letters that nobody replayed");
        meter.CreateObservableGauge("aibotkit.store.waiting", () => writer.Waiting, description: "Operations that wait for the writer");
        meter.CreateObservableGauge("aibotkit.store.healthy", () => writer.Healthy ? 1 : 0, description: "1 while the store commits");
        meter.CreateObservableGauge("aibotkit.store.log", () => new FileInfo(database.FilePath + "-wal") is { Exists: true } log ? log.Length : 0, "By", "Size of the write-ahead log");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private double OldestSeconds(AppDbContext db) =>
        All<WorkRow>(db).OrderBy(w => w.FirstUnansweredAt).Select(w => (DateTimeOffset?)w.FirstUnansweredAt).FirstOrDefault() is { } oldest ? Math.Max(0, (time.GetUtcNow() - oldest).TotalSeconds) : 0;

    private static IQueryable<T> All<T>(AppDbContext db)
        where T : class => db.Set<T>().TagWith("figures of the whole installation");

    private T Read<T>(Func<AppDbContext, T> figure)
    {
        using var db = reads.Open();
        return figure(db);
    }
}
