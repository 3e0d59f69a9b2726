using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AiBotKit.Storage;

/// <summary>
/// Reads every page of a database that was too large to be read before the start (F12). Table by table, on a thread of its own: no read is longer than one
/// table takes, and nobody waits for it. It begins when the start, which writes, has ended. What it finds is in <see cref="SqliteDatabase.State"/> and in
/// the log; it changes nothing.
/// </summary>
internal sealed partial class CheckDatabase(SqliteDatabase database, IHostApplicationLifetime life, ILogger<CheckDatabase> logger) : IHostedService
{
    private const int Interrupted = 9;

    private Task _running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (database.State == DatabaseState.Checking)
        {
            life.ApplicationStarted.Register(() =>
                _running = Task.Factory.StartNew(() => Run(life.ApplicationStopping), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _running.WaitAsync(cancellationToken);

    private void Run(CancellationToken stopping)
    {
        try
        {
            using var connection = database.OpenForCopying();
            using var interrupt = stopping.UnsafeRegister(static handle => raw.sqlite3_interrupt((sqlite3)handle!), connection.Handle);
            foreach (var table in Tables(connection))
            {
                stopping.ThrowIfCancellationRequested();
                if (Fault(connection, table) is { } fault)
                {
                    Report(fault);
                    return;
                }
            }

            database.State = DatabaseState.Sound;
        }
        catch (SqliteException error) when (error.SqliteErrorCode != Interrupted)
        {
            Report(error.Message);
        }
        catch (Exception error) when (error is OperationCanceledException or SqliteException)
        {
            // The server stops; the next start checks again.
        }
    }

    private void Report(string fault)
    {
        database.State = DatabaseState.Damaged;
        LogDamaged(database.FilePath, fault);
    }

    private static List<string> Tables(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table'";
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static string? Fault(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT quick_check FROM pragma_quick_check($table)";
        command.Parameters.AddWithValue("$table", table);
        command.CommandTimeout = 0;
        return command.ExecuteScalar() as string is not "ok" and var verdict ? verdict ?? "no verdict" : null;
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The database '{File}' is damaged ({Fault}). Nothing is written to it any more and callbacks are refused, so that the provider keeps them. Stop the server and restore a backup into an empty folder with 'dotnet AiBotKit.dll restore'")]
    private partial void LogDamaged(string file, string fault);
}
