using System.Diagnostics;
using System.Globalization;

namespace AiBotKit.Demo;

/// <summary>One server as a process of its own; its output goes to a file.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(10);
    private readonly string name;
    private readonly string logFile;
    private readonly TextWriter log;
    private readonly Process process;
    private int ended;

    private ServerProcess(string name, string logFile, TextWriter log, Process process)
    {
        (this.name, this.logFile, this.log, this.process) = (name, logFile, log, process);
    }

    /// <summary>Process number.</summary>
    public int Id => process.Id;

    public static ServerProcess Start(
        string name, string program, string logFile, IReadOnlyDictionary<string, string> settings, Action<string>? line = null, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (key, value) in settings)
        {
            start.Environment[key] = value;
        }

        var writer = TextWriter.Synchronized(new StreamWriter(logFile, append: true) { AutoFlush = true });
        var process = new Process { StartInfo = start };
        DataReceivedEventHandler write = (_, data) =>
        {
            if (data.Data is { } text)
            {
                writer.WriteLine(text);
                line?.Invoke(text);
            }
        };
        process.OutputDataReceived += write;
        process.ErrorDataReceived += write;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServerProcess(name, logFile, writer, process);
    }

    /// <summary>Waits until the address answers 200.</summary>
    /// <exception cref="LaunchException">The process ended, or a minute passed.</exception>
    public async Task ReadyAsync(HttpClient http, string address, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < LongestStart)
        {
            if (process.HasExited)
            {
                throw new LaunchException($"{name} did not start (exit code {process.ExitCode}). The end of {logFile}:\n{LastLines()}");
            }

            try
            {
                using var answer = await http.GetAsync(new Uri(address), cancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(50, cancellationToken);
        }

        throw new LaunchException($"{name} was not ready within a minute. The end of {logFile}:\n{LastLines()}");
    }

    public Task ExitAsync(CancellationToken cancellationToken) => process.WaitForExitAsync(cancellationToken);

    /// <summary>Ends it without a chance to tidy up, as a power failure would.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // It may have been killed or stopped before.
        if (Interlocked.Exchange(ref ended, 1) == 1)
        {
            return;
        }

        if (!process.HasExited)
        {
            using var ask = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(LongestStop);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        process.Dispose();
        await log.DisposeAsync();
    }

    private string LastLines()
    {
        using var file = new FileStream(logFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return string.Join('\n', reader.ReadToEnd().Split('\n').TakeLast(15));
    }
}
