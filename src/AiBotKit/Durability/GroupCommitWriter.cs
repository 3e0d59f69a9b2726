using System.Collections.Concurrent;
using AiBotKit.Storage;
using Microsoft.Data.Sqlite;

namespace AiBotKit.Durability;

/// <summary>
/// The only writer of the SQLite store. Callers hand in operations and await the commit of the batch that carries them: up to
/// 256 waiting operations share one fsync, which is what makes full durability fast (docs/adr/0002).
/// <para>Each operation runs in its own savepoint: a constraint error or a bug in it fails that caller only. When the disk is full,
/// a sync fails, or the transaction is gone, the batch is rolled back, the connection is reopened, and nothing of it is acknowledged.</para>
/// </summary>
internal sealed partial class GroupCommitWriter(SqliteDatabase database, FaultPoints faults, TimeProvider time, ILogger<GroupCommitWriter> logger) : IDataWriter, IDisposable
{
    private const int MaxBatch = 256;
    private const int MaxQueue = 16_384;
    private const int PagesBetweenTelling = 12_288;

    /// <summary>Long batches would leave the callers of the one before without work while they run.</summary>
    private static readonly TimeSpan MaxBatchTime = TimeSpan.FromMilliseconds(2);

    private readonly ConcurrentQueue<Operation> _queue = new();
    private readonly ConcurrentQueue<Operation> _bulk = new();
    private readonly ConcurrentQueue<(Action Work, TaskCompletionSource Done)> _between = new();
    private readonly AsyncSignal _wake = new();
    private readonly List<Operation> _batch = [];
    private WriteSession? _session;
    private long _pagesLogged;
    private long _pagesTold;

    /// <summary>False after a failed commit until one succeeds again; readiness and the health page show it.</summary>
    public bool Healthy { get; private set; } = true;

    /// <summary>Pages of 4 KB written into the write-ahead log since the start.</summary>
    public long PagesLogged => Interlocked.Read(ref _pagesLogged);

    /// <summary>Raised on the writer each time another 48 MB have been written into the log; must return at once.</summary>
    public event Action? LogGrew;

    /// <summary>Operations waiting now.</summary>
    public int Waiting => _queue.Count;

    /// <inheritdoc />
    public Task<T> SaveAsync<T>(Func<AppDbContext, T> change) => WriteAsync(session =>
    {
        using var context = session.OpenContext();
        var value = change(context);
        context.SaveChanges();
        return value;
    });

    /// <summary>
    /// Runs <paramref name="operation"/> inside the next batch. It can run twice (a batch that failed is replayed one by one), so it
    /// must only touch the session. Cancelling the caller never cancels a queued operation.
    /// </summary>
    /// <exception cref="StoreUnavailableException">Queue full, or the store cannot commit; nothing was written.</exception>
    public Task<T> WriteAsync<T>(Func<WriteSession, T> operation)
    {
        if (_queue.Count >= MaxQueue || database.State == DatabaseState.Damaged)
        {
            return Task.FromException<T>(new StoreUnavailableException(_queue.Count >= MaxQueue ? "The write queue is full." : "The database is damaged."));
        }

        var item = new Operation<T>(operation);
        _queue.Enqueue(item);
        _wake.Set();
        return item.Task;
    }

    /// <summary>As <see cref="WriteAsync{T}"/> for a slice of bulk work (at most about 20 ms): it runs when nothing else waits, at most one per batch.</summary>
    public Task<T> WriteBulkAsync<T>(Func<WriteSession, T> operation)
    {
        var item = new Operation<T>(operation);
        _bulk.Enqueue(item);
        _wake.Set();
        return item.Task;
    }

    /// <summary>As <see cref="SaveAsync{T}"/> for a slice of bulk work; see <see cref="WriteBulkAsync{T}"/>.</summary>
    public Task<T> SaveBulkAsync<T>(Func<AppDbContext, T> change, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return WriteBulkAsync(session =>
        {
            using var context = session.OpenContext();
            var value = change(context);
            context.SaveChanges();
            return value;
        });
    }

    /// <summary>Writes a small row, so that a store that failed is found to work again also when nothing else wants to write.</summary>
    public async Task ProbeAsync()
    {
        try
        {
            await WriteAsync(static session => session.Execute("INSERT INTO settings (Name, Value) VALUES ('probe', zeroblob(1)) ON CONFLICT (Name) DO UPDATE SET Value = excluded.Value"));
        }
        catch (StoreUnavailableException)
        {
            // Still broken; Healthy says so.
        }
    }

    /// <summary>Between two batches, moves the rest of the log and begins it anew. Ends when that has been tried.</summary>
    /// <exception cref="SqliteException">The log could not be moved; nothing is lost.</exception>
    public Task RestartLogAsync() => BetweenAsync(() => _session?.RestartLog());

    /// <summary>Between two batches, writes the whole database anew (<see cref="SqliteDatabase.Compact"/>). Callers wait meanwhile, some seconds for a gigabyte.</summary>
    /// <exception cref="SqliteException">The disk has no room for it; nothing was changed.</exception>
    public Task CompactAsync() => BetweenAsync(database.Compact);

    /// <summary>Takes and commits batches until <paramref name="cancellationToken"/>; then drains what is queued.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                RunBetween();
                if (!FillBatch())
                {
                    await _wake.WaitAsync(cancellationToken);
                    continue;
                }

                CommitBatch(_batch);
                _batch.Clear();
            }
        }
        catch (OperationCanceledException)
        {
            while (FillBatch())
            {
                CommitBatch(_batch);
                _batch.Clear();
            }

            // Whoever closes the last connection moves the log.
            while (_between.TryDequeue(out var asked))
            {
                asked.Done.SetCanceled(CancellationToken.None);
            }
        }
    }

    public void Dispose() => _session?.Dispose();

    private Task BetweenAsync(Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _between.Enqueue((work, done));
        _wake.Set();
        return done.Task;
    }

    private void RunBetween()
    {
        while (_between.TryDequeue(out var asked))
        {
            try
            {
                asked.Work();
                asked.Done.SetResult();
            }
            catch (SqliteException error)
            {
                asked.Done.SetException(error);
            }
        }
    }

    private bool FillBatch()
    {
        while (_batch.Count < MaxBatch && _queue.TryDequeue(out var operation))
        {
            _batch.Add(operation);
        }

        if (_batch.Count == 0 && _bulk.TryDequeue(out var slice))
        {
            _batch.Add(slice);
        }

        return _batch.Count > 0;
    }

    private void CommitBatch(List<Operation> operations)
    {
        var done = 0;
        while (done < operations.Count)
        {
            done += CommitSome(operations, done);
        }
    }

    /// <summary>One transaction over as many operations as fit the time limit, from <paramref name="first"/>; how many it settled.</summary>
    /// <param name="guarded">Each operation in a savepoint of its own. Without, which is faster, one that fails makes the batch run again with.</param>
    private int CommitSome(List<Operation> operations, int first, bool guarded = false)
    {
        var last = first;
        try
        {
            faults.Reach(FaultPoint.W3BeforeBegin);
            _session ??= new WriteSession(database.OpenForWriting());
            _session.Begin(isPatient: Healthy);
            var start = time.GetTimestamp();
            do
            {
                var operation = operations[last++];
                if (guarded)
                {
                    RunInSavepoint(operation);
                }
                else
                {
                    operation.Execute(_session);
                }

                faults.Reach(FaultPoint.W4AfterOperation);
            }
            while (last < operations.Count && time.GetElapsedTime(start) < MaxBatchTime);

            faults.Reach(FaultPoint.W5BeforeCommit);
            _session.Commit();
            CountPages(_session);
        }
        catch (Exception error) when (!guarded && _session is { InTransaction: true } && FailsOnlyItsCaller(error))
        {
            _session.Rollback();
            return CommitSome(operations, first, guarded: true);
        }
        catch (Exception error) when (error is not CrashException)
        {
            var end = Math.Max(last, first + 1);
            LogCommitFailed(error, end - first);
            Reopen();
            Settle(operations, first, end, error);
            return end - first;
        }

        // A batch that wrote nothing touched no disk and proves nothing.
        Healthy = Healthy || _session.HasWritten;
        faults.Reach(FaultPoint.W6AfterCommit);
        RunEffects(_session);
        for (var i = first; i < last; i++)
        {
            operations[i].Complete();
        }

        return last - first;
    }

    private void CountPages(WriteSession session)
    {
        _pagesLogged += session.TakePagesLogged();
        if (_pagesLogged - _pagesTold >= PagesBetweenTelling)
        {
            _pagesTold = _pagesLogged;
            LogGrew?.Invoke();
        }
    }

    private void RunEffects(WriteSession session)
    {
        try
        {
            session.RunEffects();
        }
#pragma warning disable CA1031 // What is committed is committed: a listener's bug must neither end the only writer nor take the answer from its callers.
        catch (Exception error) when (error is not CrashException)
#pragma warning restore CA1031
        {
            LogEffectFailed(error);
        }
    }

    private void RunInSavepoint(Operation operation)
    {
        var session = _session!;
        var effects = session.PendingEffects;
        session.Execute("SAVEPOINT operation");
        try
        {
            operation.Execute(session);
            session.Execute("RELEASE operation");
        }
        catch (Exception error) when (session.InTransaction && FailsOnlyItsCaller(error))
        {
            session.DropEffectsFrom(effects);
            session.Execute("ROLLBACK TO operation");
            session.Execute("RELEASE operation");
            operation.Failure = error;
        }
    }

    /// <summary>Constraint errors and bugs are the caller's; every other error of the store concerns the whole batch.</summary>
    private static bool FailsOnlyItsCaller(Exception error) => error switch
    {
        CrashException => false,
        SqliteException sqlite => sqlite.SqliteErrorCode == 19,
        { InnerException: SqliteException inner } => inner.SqliteErrorCode == 19,
        _ => true,
    };

    /// <summary>After a batch error: full disk and I/O errors fail all; anything else is tried one by one so that only the culprit fails.</summary>
    private void Settle(List<Operation> operations, int first, int end, Exception cause)
    {
        // 5 busy, 6 locked, 10 I/O, 11 corrupt, 13 full, 14 cannot open, 26 not a database
        var code = (cause as SqliteException ?? cause.InnerException as SqliteException)?.SqliteErrorCode ?? 0;
        var unavailable = code is 5 or 6 or 10 or 11 or 13 or 14 or 26;
        if (unavailable || end - first == 1)
        {
            Healthy = !unavailable;
            var failure = new StoreUnavailableException($"The store cannot commit now (SQLite error {code}).", cause);
            for (var i = first; i < end; i++)
            {
                operations[i].Fail(failure);
            }

            return;
        }

        for (var i = first; i < end; i++)
        {
            operations[i].Failure = null;
            CommitSome([operations[i]], 0);
        }
    }

    private void Reopen()
    {
        _session?.Rollback();
        _session?.Dispose();
        _session = null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Commit failed; {Count} operations are not acknowledged or tried one by one")]
    private partial void LogCommitFailed(Exception error, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "A listener failed after a commit; the sweeps find what it would have announced")]
    private partial void LogEffectFailed(Exception error);

    private abstract class Operation
    {
        public Exception? Failure { get; set; }

        public abstract void Execute(WriteSession session);

        public abstract void Complete();

        public abstract void Fail(Exception error);
    }

    private sealed class Operation<T>(Func<WriteSession, T> body) : Operation
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _value = default!;

        public Task<T> Task => _done.Task;

        public override void Execute(WriteSession session)
        {
            Failure = null;
            _value = body(session);
        }

        public override void Complete()
        {
            if (Failure is { } error)
            {
                _done.TrySetException(error);
            }
            else
            {
                _done.TrySetResult(_value);
            }
        }

        public override void Fail(Exception error) => _done.TrySetException(error);
    }
}
