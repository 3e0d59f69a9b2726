using AiBotKit.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Storage;

/// <summary>The SQLite file of this installation: where it lies, how connections to it are opened, how its schema is brought up.</summary>
internal sealed class SqliteDatabase(string folder)
{
    private const string Extras =
        """
        CREATE TABLE IF NOT EXISTS dedup_keys (Hash BLOB NOT NULL PRIMARY KEY, ReceivedAt INTEGER NOT NULL) WITHOUT ROWID;
        """;

    public string Folder { get; } = folder;

    public string FilePath { get; } = Path.Combine(folder, "aibotkit.db");

    public string ReadOnlyConnectionString =>
        new SqliteConnectionStringBuilder { DataSource = FilePath, Mode = SqliteOpenMode.ReadOnly, Cache = SqliteCacheMode.Private, DefaultTimeout = 5 }.ToString();

    private string WriterConnectionString =>
        new SqliteConnectionStringBuilder { DataSource = FilePath, Mode = SqliteOpenMode.ReadWriteCreate, Cache = SqliteCacheMode.Private, Pooling = false, DefaultTimeout = 2 }.ToString();

    /// <summary>A connection that may write. Only the group-commit writer and the checkpointer hold one.</summary>
    public SqliteConnection OpenForWriting()
    {
        var connection = new SqliteConnection(WriterConnectionString);
        connection.Open();
        SqlitePragmas.Run(connection, SqlitePragmas.Writer);
        return connection;
    }

    /// <summary>A connection for short hand-written reads.</summary>
    public SqliteConnection OpenForReading()
    {
        var connection = new SqliteConnection(ReadOnlyConnectionString);
        connection.Open();
        SqlitePragmas.Run(connection, SqlitePragmas.Reader);
        return connection;
    }

    /// <summary>A context that writes through <paramref name="connection"/>; the caller owns the connection and its transaction.</summary>
    public static AppDbContext ContextOn(SqliteConnection connection) =>
        new SqliteAppDbContext(new DbContextOptionsBuilder<SqliteAppDbContext>().UseSqlite(connection).Options);

    /// <summary>
    /// Checks the file, clears a migration lock that a killed predecessor left (the data folder's lock must be held: one process
    /// owns the file), and migrates. Refuses a damaged file instead of starting over with an empty one (F12), and a schema newer than this program (F10).
    /// </summary>
    /// <exception cref="StartupException">The file is damaged or newer than this program.</exception>
    public void BringUp()
    {
        var existed = File.Exists(FilePath);
        try
        {
            using var connection = OpenForWriting();
            SqlitePragmas.Run(connection, "PRAGMA journal_mode=WAL;");
            if (existed)
            {
                Check(connection);
            }

            using var context = ContextOn(connection);
            Migrate(connection, context);
            SqlitePragmas.Run(connection, Extras);
        }
        catch (SqliteException error) when (error.SqliteErrorCode is 11 or 26)
        {
            throw Damaged(error.Message);
        }
    }

    private void Check(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        // quick_check reads the whole file; above this size only the header, schema and free list are looked at, so that a big store still starts within seconds.
        if (new FileInfo(FilePath).Length < 64 << 20)
        {
            command.CommandText = "PRAGMA quick_check(1);";
        }
        else
        {
            command.CommandText = "SELECT CASE WHEN count(*) >= 0 THEN 'ok' END FROM sqlite_master;";
        }

        var verdict = command.ExecuteScalar() as string;
        if (verdict != "ok")
        {
            throw Damaged(verdict ?? "no verdict");
        }
    }

    private static void Migrate(SqliteConnection connection, AppDbContext context)
    {
        var known = context.Database.GetMigrations().ToHashSet(StringComparer.Ordinal);
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT count(*) FROM sqlite_master WHERE name = '__EFMigrationsHistory'";
            if ((long)command.ExecuteScalar()! > 0)
            {
                var applied = context.Database.GetAppliedMigrations().ToList();
                if (applied.FirstOrDefault(m => !known.Contains(m)) is { } newer)
                {
                    throw new StartupException($"The data was written by a newer version of AI Bot Kit (schema '{newer}'). Install that version, or restore a backup made before the upgrade.");
                }

                if (applied.Count == known.Count)
                {
                    return;
                }
            }
        }

        SqlitePragmas.Run(connection, "DROP TABLE IF EXISTS \"__EFMigrationsLock\";");
        context.Database.Migrate();
    }

    private StartupException Damaged(string detail) =>
        new($"The database '{FilePath}' is damaged ({detail}). Nothing was changed. Restore a backup with 'aibotkit restore', or move the file away to start empty.");
}
