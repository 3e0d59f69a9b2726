using AiBotKit.Hosting;
using AiBotKit.Storage;

namespace AiBotKit.Durability.Backups;

/// <summary>Puts a backup into a data folder that no server uses, in quarantine. Never over a database that is there.</summary>
internal static class RestoreBackup
{
    /// <exception cref="StartupException">The reason, for the operator.</exception>
    public static async Task RunAsync(string from, string to, TimeProvider time)
    {
        if (!File.Exists(from))
        {
            throw new StartupException($"There is no file '{from}'.");
        }

        using var folder = await DataFolder.AcquireAsync(to, time);
        var file = new SqliteDatabase(folder.Path).FilePath;
        if (Directory.EnumerateFiles(folder.Path, Path.GetFileName(file) + "*").FirstOrDefault() is { } inTheWay)
        {
            throw new StartupException($"'{folder.Path}' already holds a database ('{Path.GetFileName(inTheWay)}'). Move it away, or restore into another folder.");
        }

        var copy = Path.Combine(folder.Path, "unfinished-restore.db");
        try
        {
            File.Copy(from, copy, overwrite: true);
            if (BackupFiles.Fault(copy) is { } fault)
            {
                throw new StartupException($"'{from}' cannot be restored: {fault}. Use another backup.");
            }

            BackupFiles.MarkQuarantined(copy, time.GetUtcNow());
            BackupFiles.Publish(copy, file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"'{from}' cannot be restored: {error.Message}", error);
        }
        finally
        {
            File.Delete(copy);
        }
    }
}
