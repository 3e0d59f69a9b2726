using AiBotKit.Hosting;
using AiBotKit.Hosting.Configuration;

namespace AiBotKit.Storage;

/// <summary>Takes the data folder, brings the schema up, and registers the ways to read it.</summary>
internal static class StorageSetup
{
    /// <summary>Must run before anything that touches data: it holds the folder's lock for the life of the process.</summary>
    /// <param name="settings">Read by every feature by now: any problem of theirs stops the start before a folder is made.</param>
    /// <exception cref="StartupException">A setting is wrong, the folder is in use, or the database is damaged or newer than this program.</exception>
    public static async Task AddStorageAsync(this WebApplicationBuilder builder, SettingsReader settings)
    {
        var path = settings.Text("Data:Path", 4096) ?? "data";
        settings.RefuseUnknown("Data");
        settings.ThrowIfAny();
        var folder = await DataFolder.AcquireAsync(path, TimeProvider.System);
        try
        {
            var database = new SqliteDatabase(folder.Path);
            database.BringUp();
            builder.Services.AddSingleton(_ => folder);
            // First of all hosted services, so that the lock is given back last.
            builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService, HoldFolder>());
            builder.Services.AddSingleton(database);
            builder.Services.AddHostedService<CheckDatabase>();
            builder.Services.AddSingleton<ReadinessCheck>(() => database.State == DatabaseState.Damaged ? "database_damaged" : null);
            builder.Services.AddSingleton<ReadDb>();
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Keeps the folder's lock referenced for the life of the host; the container releases it at the end.</summary>
    private sealed class HoldFolder(DataFolder folder) : IHostedService
    {
        public string Path => folder.Path;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
