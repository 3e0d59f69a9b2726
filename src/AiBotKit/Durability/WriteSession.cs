using AiBotKit.Storage;
using Microsoft.Data.Sqlite;

namespace AiBotKit.Durability;

/// <summary>
/// What one write operation works with: the writer's connection inside the batch's transaction. Statements are prepared once
/// per connection and reused. Operations touch no memory state; effects on caches go into <see cref="AfterCommit"/>.
/// </summary>
internal sealed class WriteSession(SqliteConnection connection) : IDisposable
{
    /// <summary>SQLITE_DBSTATUS_CACHE_WRITE.</summary>
    private const int CacheWrite = 9;

    // By reference: every text is a literal, and hashing a long one costs more than binding it.
    private readonly Dictionary<object, SqlStatement> _statements = new(ReferenceEqualityComparer.Instance);
    private readonly List<Action> _afterCommit = [];
    private SqliteTransaction? _transaction;
    private int _changesBefore;

    public SqliteConnection Connection => connection;

    /// <summary>A prepared statement for <paramref name="sql"/> (a constant) with <c>$1…$n</c> bound to <paramref name="values"/>. Valid until its next use.</summary>
    public SqlStatement Statement(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new SqlStatement(connection.Handle!, sql, values.Length);
            _statements.Add(sql, statement);
        }

        statement.Bind(values);
        return statement;
    }

    /// <summary>Runs a statement that returns nothing; the number of rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Statement(sql, values).ExecuteNonQuery();

    /// <summary>The rowid of the last insert on this connection.</summary>
    public long LastInsertRowId => SQLitePCL.raw.sqlite3_last_insert_rowid(connection.Handle);

    /// <summary>An EF context inside this transaction; dispose it, never keep it.</summary>
    public AppDbContext OpenContext()
    {
        var context = SqliteDatabase.ContextOn(connection);
        Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.UseTransaction(context.Database, _transaction);
        return context;
    }

    /// <summary>Runs <paramref name="effect"/> once the batch is on disk; never when it is not.</summary>
    public void AfterCommit(Action effect) => _afterCommit.Add(effect);

    /// <param name="isPatient">False when the store does not commit at present: a lock of another process then fails it nearly at once.</param>
    internal void Begin(bool isPatient)
    {
        _afterCommit.Clear();
        if (!isPatient)
        {
            RequireFreeLock();
        }

        _transaction = connection.BeginTransaction(deferred: false);
        _changesBefore = SQLitePCL.raw.sqlite3_total_changes(connection.Handle);
    }

    /// <summary>Pages that this connection has written into the log since the last call.</summary>
    internal int TakePagesLogged()
    {
        SQLitePCL.raw.sqlite3_db_status(connection.Handle, CacheWrite, out var pages, out _, 1);
        return pages;
    }

    /// <summary>
    /// Moves what is left of the log and makes the next write begin it anew, over the bytes it has on disk. Waits at most 50 ms for readers of the log;
    /// when they stay, the log goes on growing. Outside a transaction.
    /// </summary>
    internal void RestartLog()
    {
        Execute("PRAGMA busy_timeout=50");
        Execute("PRAGMA wal_checkpoint(RESTART)");
        Execute(SqlitePragmas.WriterPatience);
    }

    /// <summary>Whether this batch has changed a row.</summary>
    internal bool HasWritten => SQLitePCL.raw.sqlite3_total_changes(connection.Handle) != _changesBefore;

    internal int PendingEffects => _afterCommit.Count;

    internal void DropEffectsFrom(int index) => _afterCommit.RemoveRange(index, _afterCommit.Count - index);

    internal void Commit()
    {
        _transaction!.Commit();
        EndTransaction();
    }

    internal void Rollback()
    {
        try
        {
            _transaction?.Rollback();
        }
        catch (Exception error) when (error is SqliteException or InvalidOperationException)
        {
            // SQLite may have rolled back by itself (disk full); the connection is reopened by the caller.
        }

        _afterCommit.Clear();
        EndTransaction();
    }

    /// <summary>False once SQLite has ended the transaction by itself (SQLITE_FULL, SQLITE_IOERR destroy savepoints too).</summary>
    internal bool InTransaction => SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0;

    internal void RunEffects()
    {
        foreach (var effect in _afterCommit)
        {
            effect();
        }

        _afterCommit.Clear();
    }

    public void Dispose()
    {
        EndTransaction();
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        connection.Dispose();
    }

    private void RequireFreeLock()
    {
        Execute(SqlitePragmas.WriterImpatience);
        Execute("BEGIN IMMEDIATE");
        Execute("ROLLBACK");
        Execute(SqlitePragmas.WriterPatience);
    }

    private void EndTransaction()
    {
        _transaction?.Dispose();
        _transaction = null;
    }
}
