using System.Diagnostics;
using Xunit;

namespace AiBotKit.Tests.Faults;

/// <summary>strace attached to a running process; detached again when disposed.</summary>
internal sealed class Strace : IDisposable
{
    public const string Program = "strace";

    private readonly Process _process;

    private Strace(Process process) => _process = process;

    /// <summary>Returns when it is attached; skips the test where the kernel forbids that to us.</summary>
    public static async Task<Strace> AttachAsync(int processId, string log, params string[] expressions)
    {
        string[] arguments = ["-f", "-yy", "-s", "8192", "-o", log, .. expressions.SelectMany(static one => new[] { "-e", one }), "-p", $"{processId}"];
        var process = new Process { StartInfo = new ProcessStartInfo(Program, arguments) { RedirectStandardError = true } };
        var said = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) => said.TrySetResult(line.Data);
        process.Start();
        process.BeginErrorReadLine();

        // "strace: Process 123 attached with 30 threads"
        if (await said.Task is var first && first?.Contains("attached", StringComparison.Ordinal) != true)
        {
            await process.WaitForExitAsync();
            process.Dispose();
            Assert.SkipWhen(first?.Contains("not permitted", StringComparison.Ordinal) == true, "strace may not attach to another process here (root, or kernel.yama.ptrace_scope=0, is needed)");
            throw new InvalidOperationException($"strace cannot attach: {first}");
        }

        return new Strace(process);
    }

    public void Dispose()
    {
        // SIGINT lets it detach and leave the process running; SIGKILL would too, but without the end of its log.
        using (var signal = Process.Start("kill", ["-INT", $"{_process.Id}"]))
        {
            signal.WaitForExit();
        }

        _process.WaitForExit();
        _process.Dispose();
    }
}
