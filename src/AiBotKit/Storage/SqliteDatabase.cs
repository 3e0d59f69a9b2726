using AiBotKit.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Storage;

/// <summary>The SQLite file of this installation: where it lies, how connections to it are opened, how its schema is brought up.</summary>
/// <param name="checkedBeforeUse">Every page of a file smaller than this is read before the start goes on; a larger one would hold it up and is checked afterwards.</param>
internal sealed class SqliteDatabase(string folder, long checkedBeforeUse = 64 << 20)
{
    private const string Extras =
        """
        CREATE TABLE IF NOT EXISTS dedup_keys (Hash BLOB NOT NULL PRIMARY KEY, ReceivedAt INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TRIGGER IF NOT EXISTS audit_is_append_only BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'The audit trail is only ever added to.'); END;
        """;

    public string Folder { get; } = folder;

    public string FilePath { get; } = Path.Combine(folder, "aibotkit.db");

    /// <summary>What is known of its pages.</summary>
    public DatabaseState State { get; set; }

    public string ReadOnlyConnectionString =>
        new SqliteConnectionStringBuilder { DataSource = FilePath, Mode = SqliteOpenMode.ReadOnly, Cache = SqliteCacheMode.Private, DefaultTimeout = 5 }.ToString();

    private string WriterConnectionString =>
        new SqliteConnectionStringBuilder { DataSource = FilePath, Mode = SqliteOpenMode.ReadWriteCreate, Cache = SqliteCacheMode.Private, Pooling = false, DefaultTimeout = 1 }.ToString();

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

    /// <summary>A connection that reads this file and may write another (a backup).</summary>
    public SqliteConnection OpenForCopying()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(ReadOnlyConnectionString) { Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    /// <summary>
    /// Writes the whole database anew, so that no page keeps bytes of what was deleted or moved: SQLite overwrites a deleted row, but not the copies that a split of its
    /// page left behind. For the writer alone, between two transactions; needs the room of the database once more.
    /// </summary>
    public void Compact()
    {
        using var connection = OpenForWriting();
        // What is copied goes through a file, not through memory.
        SqlitePragmas.Run(connection, "PRAGMA temp_store=FILE; VACUUM;");
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
        RefuseToStartOver(existed);
        try
        {
            if (existed)
            {
                Check();
            }

            using var connection = OpenForWriting();
            SqlitePragmas.Run(connection, "PRAGMA journal_mode=WAL;");
            using var context = ContextOn(connection);
            Migrate(connection, context);
            SqlitePragmas.Run(connection, Extras);
            SqlitePragmas.Run(connection, SearchSchema.Create);
        }
        catch (SqliteException error) when (error.SqliteErrorCode is 11 or 26)
        {
            throw Damaged(error.Message);
        }
        catch (SqliteException error)
        {
            throw new StartupException($"The database '{FilePath}' cannot be used: {error.Message}", error);
        }
    }

    /// <summary>
    /// SQLite takes a file of no bytes, or none at all, for a new database, and would throw away a log beside it. The key ring beside it is made
    /// by the first start that ended well, so with it an empty file is a lost one.
    /// </summary>
    private void RefuseToStartOver(bool existed)
    {
        var log = new FileInfo(FilePath + "-wal");
        if (!existed && log is { Exists: true, Length: > 0 })
        {
            throw Damaged("the file is missing, and its log 'aibotkit.db-wal' is there");
        }

        if (existed && new FileInfo(FilePath).Length == 0 && (log is { Exists: true, Length: > 0 } || Directory.Exists(Path.Combine(Folder, "keys"))))
        {
            throw Damaged("the file is empty");
        }
    }

    /// <summary>On a connection that cannot change anything, not even by closing.</summary>
    private void Check()
    {
        using var connection = OpenForCopying();
        using var command = connection.CreateCommand();
        if (new FileInfo(FilePath).Length < checkedBeforeUse)
        {
            command.CommandText = "PRAGMA quick_check(1);";
        }
        else
        {
            command.CommandText = "SELECT CASE WHEN count(*) >= 0 THEN 'ok' END FROM sqlite_master;";
            State = DatabaseState.Checking;
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
        new($"The database '{FilePath}' is damaged ({detail}). Nothing was changed. Restore a backup into an empty folder with 'dotnet AiBotKit.dll restore', or move the file away to start empty.");
}
