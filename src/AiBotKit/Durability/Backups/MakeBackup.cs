using System.Globalization;
using System.Text.RegularExpressions;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.Data.Sqlite;

namespace AiBotKit.Durability.Backups;

/// <summary>A finished backup.</summary>
/// <param name="Name">File name in the folder <c>backups</c> of <c>Data:Path</c>: the time of the snapshot in UTC.</param>
internal sealed record BackupItem(string Name, long Bytes, DateTimeOffset SnapshotAt);

/// <summary>
/// A sound copy of the database while the server runs: one consistent snapshot (<c>VACUUM INTO</c>), checked, marked for quarantine, on disk.
/// Without keys: the key ring and the master key are files of their own. The snapshot is one read that lasts as long as the copying,
/// and the write-ahead log grows meanwhile; so one backup at a time.
/// </summary>
internal sealed partial class MakeBackup(SqliteDatabase database, GroupCommitWriter writer, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    private string Folder => Path.Combine(database.Folder, "backups");

    /// <exception cref="StoreUnavailableException">No room, or the disk fails; no file is left.</exception>
    /// <param name="accountId">The operator's, for the audit trail.</param>
    public async Task<BackupItem> RunAsync(Guid accountId, Actor by, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var made = await Task.Factory.StartNew(Copy, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await RecordAsync(new AuditNote(accountId, by, AuditActs.BackupMade, "backup", made.Name));
            return made;
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The backup failed: {error.Message}", error);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The full path of a backup; null when there is none of this name.</summary>
    public string? Find(string name) => BackupName().IsMatch(name) && Path.Combine(Folder, name) is var file && File.Exists(file) ? file : null;

    public void Dispose() => _one.Dispose();

    /// <summary>A copy of everything about which the audit trail says nothing is not given out.</summary>
    private async Task RecordAsync(AuditNote note)
    {
        try
        {
            var now = time.GetUtcNow();
            await writer.SaveAsync(db => AuditTrail.Append(db, note, now));
        }
        catch (StoreUnavailableException)
        {
            File.Delete(Path.Combine(Folder, note.AboutId!));
            throw;
        }
    }

    private BackupItem Copy()
    {
        Directory.CreateDirectory(Folder);
        var copy = Path.Combine(Folder, "unfinished.db");
        Remove(copy);
        try
        {
            var at = time.GetUtcNow();
            using (var connection = database.OpenForCopying())
            using (var command = connection.CreateCommand())
            {
                command.CommandText = "VACUUM INTO $copy";
                command.CommandTimeout = 0;
                command.Parameters.AddWithValue("$copy", copy);
                command.ExecuteNonQuery();
            }

            // A time after the snapshot: all that is in it counts as older.
            BackupFiles.MarkQuarantined(copy, time.GetUtcNow());
            if (BackupFiles.Fault(copy) is { } fault)
            {
                throw new IOException($"the copy is not sound ({fault})");
            }

            var file = Path.Combine(Folder, at.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z.db'", CultureInfo.InvariantCulture));
            BackupFiles.Publish(copy, file);
            return new BackupItem(Path.GetFileName(file), new FileInfo(file).Length, at);
        }
        finally
        {
            Remove(copy);
        }
    }

    private static void Remove(string copy)
    {
        File.Delete(copy);
        File.Delete(copy + "-journal");
    }

    [GeneratedRegex(@"\A[0-9]{8}T[0-9]{9}Z\.db\z", RegexOptions.CultureInvariant)]
    private static partial Regex BackupName();
}
