using System.Diagnostics;
using Xunit;

namespace AiBotKit.Tests.Faults;

/// <summary>The real binary as a process of its own, over one data folder and one port, that can be told where to kill itself.</summary>
internal sealed class KilledProduct(IReadOnlyDictionary<string, string> settings, HttpClient http) : IDisposable
{
    private const int Sigkill = 137;
    private Process? _process;

    /// <param name="killAt">Fault point and passing, as the kill switch reads it; null = it lives.</param>
    public void Start(string? killAt, IReadOnlyDictionary<string, string>? more = null)
    {
        _process?.Dispose();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "AiBotKit.dll"));
        foreach (var (name, text) in settings.Concat(more ?? new Dictionary<string, string>()))
        {
            start.ArgumentList.Add($"--{name}={text}");
        }

        start.Environment.Remove("AIBOTKIT_KILL_AT");
        if (killAt is not null)
        {
            start.Environment["AIBOTKIT_KILL_AT"] = killAt;
        }

        _process = Process.Start(start)!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Asks it to stop in order, once it is ready.</summary>
    public async Task TerminateAsync(CancellationToken cancellationToken)
    {
        await ReadyAsync(cancellationToken);
        using var kill = Process.Start("kill", ["-TERM", _process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    /// <summary>False when the product still runs at the ceiling: the point was not reached, and this is no kill. It is ended then.</summary>
    public async Task<bool> WasKilledAsync(TimeSpan ceiling)
    {
        using var patience = new CancellationTokenSource(ceiling);
        try
        {
            await _process!.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process!.Kill();
            await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return false;
        }

        return _process.ExitCode == Sigkill ? true : throw new InvalidOperationException($"The product ended by itself with {_process.ExitCode}.");
    }

    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync("readyz", cancellationToken);
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
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process?.Dispose();
        _process = null;
    }
}
