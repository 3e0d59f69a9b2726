using System.Globalization;

namespace AiBotKit.Hosting;

/// <summary>
/// The folder that holds all data of one installation, owned by exactly one process through an OS lock on <c>lock</c> (F11).
/// The lock is the kernel's: it goes with the process, however that ends.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private static readonly TimeSpan PatienceWithPredecessor = TimeSpan.FromSeconds(2);

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream lockFile)
    {
        Path = path;
        _lock = lockFile;
    }

    public string Path { get; }

    /// <summary>Creates the folder when missing and takes its lock, waiting up to 2 s for a dying predecessor.</summary>
    /// <exception cref="StartupException">Another server owns it, or it cannot be created.</exception>
    public static async Task<DataFolder> AcquireAsync(string path, TimeProvider time)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"Data:Path '{full}' cannot be created: {error.Message}", error);
        }

        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                var file = new FileStream(System.IO.Path.Combine(full, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                file.SetLength(0);
                await file.WriteAsync(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
                await file.FlushAsync();
                return new DataFolder(full, file);
            }
            catch (IOException) when (time.GetElapsedTime(start) < PatienceWithPredecessor)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), time);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new StartupException($"Data:Path '{full}' is in use by another AI Bot Kit server (or not writable). One server per data folder: stop the other one, or set Data:Path to another folder.", error);
            }
        }
    }

    public void Dispose() => _lock.Dispose();
}
