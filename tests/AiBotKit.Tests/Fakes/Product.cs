using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using AiBotKit.Tests.Architecture;
using Xunit;

namespace AiBotKit.Tests.Fakes;

/// <summary>The built product as a process of its own, in Production.</summary>
internal sealed partial class Product : IDisposable
{
    private static readonly TimeSpan Ceiling = TimeSpan.FromMinutes(4);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool _disposed;

    private Product(Process process) => _process = process;

    /// <summary>Everything it has written so far.</summary>
    public IEnumerable<string> Log => _output.Concat(_errors);

    public static Product Start(string workingFolder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = workingFolder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(Repository.Root, "src", "AiBotKit", "bin", "Release", "net10.0", "AiBotKit.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        var product = new Product(new Process { StartInfo = start });
        product._process.OutputDataReceived += (_, line) => product.Took(product._output, line.Data);
        product._process.ErrorDataReceived += (_, line) => product.Took(product._errors, line.Data);
        product._process.Start();
        product._process.BeginOutputReadLine();
        product._process.BeginErrorReadLine();
        return product;
    }

    /// <summary>Where it listens, from its own log.</summary>
    public Task<string> AddressAsync() => _address.Task.WaitAsync(Ceiling, TestContext.Current.CancellationToken);

    public async Task ReadyAsync(HttpClient http)
    {
        using var patience = new CancellationTokenSource(Ceiling);
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync("/readyz", patience.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // Not listening yet.
            }

            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>Asks it to stop, as a supervisor does.</summary>
    public void Terminate()
    {
        using var ask = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        ask.WaitForExit();
    }

    /// <summary>Its exit code and what it wrote to standard error.</summary>
    public async Task<(int Code, string Error)> ExitAsync()
    {
        using var patience = new CancellationTokenSource(Ceiling);
        await _process.WaitForExitAsync(patience.Token);
        return (_process.ExitCode, string.Join('\n', _errors));
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Took(ConcurrentQueue<string> lines, string? line)
    {
        if (line is null)
        {
            return;
        }

        lines.Enqueue(line);
        if (Listening().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(match.Groups[1].Value);
        }
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();
}
