using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace AiBotKit.Tests.Fakes;

/// <summary>
/// The real product in this process on a real port with a data folder of its own. <see cref="RestartAsync"/> stops it in order and
/// starts it again on the same folder.
/// </summary>
internal sealed class AppFixture : IAsyncDisposable
{
    public const string ApiKey = "test-key-0123456789abcdef";

    private readonly Dictionary<string, string?> _settings;
    private readonly Action<IServiceCollection>? _services;
    private readonly bool _ownsFolder;
    private Server _server;

    public AppFixture(IReadOnlyDictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null, string? folder = null)
    {
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("aibotkit-test-").FullName;
        _services = services;
        _settings = new Dictionary<string, string?>(settings ?? new Dictionary<string, string?>()) { ["Data:Path"] = Folder };
        _settings.TryAdd("Api:Key", ApiKey);
        _server = Start();
    }

    public string Folder { get; }

    public Uri Address => _server.ClientOptions.BaseAddress;

    public IServiceProvider Services => _server.Services;

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>A client with the bearer key.</summary>
    public HttpClient Api()
    {
        var client = Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        return client;
    }

    /// <summary>A client that keeps cookies and follows no redirect.</summary>
    public HttpClient Anonymous() => new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Address };

    /// <summary>Runs a statement straight on the store's file, beside the product: what the store suffers from is none of the product's doing. The first value of its answer.</summary>
    public object? Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, "aibotkit.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Written in a test.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    public async Task RestartAsync(IReadOnlyDictionary<string, string?>? changed = null)
    {
        await _server.DisposeAsync();
        foreach (var (key, value) in changed ?? new Dictionary<string, string?>())
        {
            _settings[key] = value;
        }

        _server = Start();
    }

    /// <summary>Stops the product in order; the data folder stays.</summary>
    public ValueTask StopAsync() => _server.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (_ownsFolder)
        {
            Directory.Delete(Folder, true);
        }
    }

    private Server Start()
    {
        var server = new Server(_settings, _services);
        server.UseKestrel();
        server.StartServer();
        return server;
    }

    private sealed class Server(Dictionary<string, string?> settings, Action<IServiceCollection>? services) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.OnAnyPort();
            builder.UseEnvironment("Production");
            foreach (var (key, value) in settings)
            {
                builder.UseSetting(key, value);
            }

            if (services is not null)
            {
                builder.ConfigureTestServices(services);
            }
        }
    }
}
