using AiBotKit.Storage;
using Microsoft.Data.Sqlite;

namespace AiBotKit.Durability.Backups;

/// <summary>What making and restoring a backup share: the check of a copy, its mark, and that it is on the disk before it has its name.</summary>
internal static class BackupFiles
{
    /// <summary>Null when the copy is sound and one of ours, else what is wrong with it.</summary>
    public static string? Fault(string file)
    {
        try
        {
            using var connection = Open(file);
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA integrity_check(1);";
            if (command.ExecuteScalar() as string is not "ok" and var verdict)
            {
                return verdict ?? "no verdict";
            }

            command.CommandText = "SELECT count(*) FROM sqlite_master WHERE name IN ('settings', 'messages', 'dedup_keys')";
            return command.ExecuteScalar() is 3L ? null : "it is no database of AI Bot Kit";
        }
        catch (SqliteException error)
        {
            return error.Message;
        }
    }

    /// <summary>Puts the copy into quarantine (a mark that is there stays), as one file without a log beside it.</summary>
    public static void MarkQuarantined(string file, DateTimeOffset snapshotAt)
    {
        using var connection = Open(file);
        SqlitePragmas.Run(connection, "PRAGMA journal_mode=DELETE;");
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT OR IGNORE INTO settings (Name, Value) VALUES ($name, $value)";
        command.Parameters.AddWithValue("$name", Quarantine.Mark);
        command.Parameters.AddWithValue("$value", Quarantine.Format(snapshotAt));
        command.ExecuteNonQuery();
    }

    /// <summary>Gives the finished copy its name; never over another file.</summary>
    public static void Publish(string copy, string file)
    {
        using (var stream = new FileStream(copy, FileMode.Open, FileAccess.ReadWrite))
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(stream.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(copy, file, overwrite: false);
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
