using System.Collections.Concurrent;
using System.Diagnostics;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Simulator;
using Microsoft.Data.Sqlite;
using Xunit;

namespace AiBotKit.Tests.Faults;

/// <summary>
/// The real binary over one data folder with a paused connection: it takes callbacks and answers nobody, so that what the disk sees is the
/// ingest alone. A wrapper (strace) may run it.
/// </summary>
internal sealed class RealServer : IDisposable
{
    private readonly ConcurrentQueue<string> _said = new();
    private readonly Dictionary<string, string> _settings;
    private Process? _process;

    public RealServer(string folder, IReadOnlyDictionary<string, string>? settings = null)
    {
        Folder = folder;
        var address = $"http://127.0.0.1:{Ports.Free()}";
        _settings = new Dictionary<string, string>
        {
            ["Urls"] = address,
            ["Data:Path"] = folder,
            ["Api:Key"] = "fault-test-key-0123456789",
            ["Logging:LogLevel:Default"] = "Warning",
            ["WhatsApp:CallbackSecret"] = SimulatorFixture.Secret,
            ["Chatbots:0:Name"] = "Shop",
            ["WhatsApp:Connections:0:Chatbot"] = "Shop",
            ["WhatsApp:Connections:0:BaseUrl"] = "http://127.0.0.1:9/v3",
            ["WhatsApp:Connections:0:WabaId"] = "200000000000001",
            ["WhatsApp:Connections:0:PhoneNumberId"] = SimulatorFixture.Number,
            ["WhatsApp:Connections:0:DisplayPhoneNumber"] = "15550100001",
            ["WhatsApp:Connections:0:ApiKey"] = SimulatorFixture.Key,
            ["WhatsApp:Connections:0:Enabled"] = "false",
        };
        foreach (var (name, text) in settings ?? new Dictionary<string, string>())
        {
            _settings[name] = text;
        }

        Http = new HttpClient { BaseAddress = new Uri(address), Timeout = Patience.Ceiling };
        Http.DefaultRequestHeaders.Authorization = new("Bearer", _settings["Api:Key"]);
    }

    public string Folder { get; }

    public string File => Path.Combine(Folder, "aibotkit.db");

    public HttpClient Http { get; }

    public int ProcessId => _process!.Id;

    /// <summary>Everything it has written so far.</summary>
    public string Said => string.Join('\n', _said);

    /// <param name="environment">Variables of this start only.</param>
    /// <param name="wrapper">A program and its arguments that the server is an argument of.</param>
    public void Start(IReadOnlyDictionary<string, string>? environment = null, params string[] wrapper)
    {
        _process?.Dispose();
        _said.Clear();
        string[] command = [.. wrapper, "dotnet", Path.Combine(AppContext.BaseDirectory, "AiBotKit.dll"), .. _settings.Select(one => $"--{one.Key}={one.Value}")];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment.Remove("AIBOTKIT_KILL_AT");
        foreach (var (name, text) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = text;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public Task ReadyAsync() => UntilAsync(async stop =>
    {
        try
        {
            using var answer = await Http.GetAsync("readyz", stop);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException) when (!_process!.HasExited)
        {
            return false;
        }
    });

    /// <summary>What /readyz says; null while nothing listens.</summary>
    public async Task<string?> ReadinessAsync(CancellationToken stop)
    {
        try
        {
            using var answer = await Http.GetAsync("readyz", stop);
            return await answer.Content.ReadAsStringAsync(stop);
        }
        catch (HttpRequestException) when (!_process!.HasExited)
        {
            return null;
        }
    }

    /// <summary>True when it is ready, false when it ended first.</summary>
    public async Task<bool> ReadyOrExitedAsync()
    {
        try
        {
            await ReadyAsync();
            return true;
        }
        catch (HttpRequestException) when (_process!.HasExited)
        {
            return false;
        }
    }

    /// <summary>Waits for its end; the exit code.</summary>
    public async Task<int> ExitedAsync()
    {
        using var ceiling = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        ceiling.CancelAfter(Patience.Ceiling);
        await _process!.WaitForExitAsync(ceiling.Token);
        return _process.ExitCode;
    }

    /// <summary>Ends it as a crash would.</summary>
    public async Task KillAsync()
    {
        _process!.Kill(entireProcessTree: true);
        await ExitedAsync();
    }

    /// <summary>Posts one signed message with this provider id; the status, and whether it asks to try again later.</summary>
    public async Task<(int Status, bool RetryAfter)> PostAsync(string id, int padding = 0, string customer = "15550100101", DateTimeOffset? at = null)
    {
        var body = TextCallback.Body(id, "Hello " + new string('x', padding), customer, at ?? DateTimeOffset.FromUnixTimeSeconds(1784000000));
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/whatsapp/callback") { Content = new ByteArrayContent(body) };
        request.Headers.Add("X-Hub-Signature-256", TextCallback.Sign(body));
        using var answer = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, answer.Headers.RetryAfter is not null);
    }

    /// <summary>Provider ids of the stored customer messages, read from the file beside the server.</summary>
    public List<string> Stored()
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT ProviderMessageId FROM messages WHERE Role = 0";
        using var reader = command.ExecuteReader();
        var ids = new List<string>();
        while (reader.Read())
        {
            ids.Add(reader.GetString(0));
        }

        return ids;
    }

    public static async Task UntilAsync(Func<CancellationToken, Task<bool>> condition)
    {
        using var ceiling = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        ceiling.CancelAfter(Patience.Ceiling);
        while (!await condition(ceiling.Token))
        {
            await Task.Delay(50, ceiling.Token);
        }
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process?.Dispose();
        Http.Dispose();
    }
}
