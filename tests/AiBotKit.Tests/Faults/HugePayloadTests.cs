using System.Diagnostics;
using AiBotKit.Tests.Channels.WhatsApp;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults;

/// <summary>Huge bodies against the real binary (F36): true callbacks are taken meanwhile, and what memory it costs is measured.</summary>
public sealed class HugePayloadTests(ITestOutputHelper output) : IDisposable
{
    private const int Megabyte = 1 << 20;
    private const int Senders = 200;

    private readonly string _folder = Directory.CreateTempSubdirectory("aibotkit-huge-").FullName;

    [Fact]
    public async Task Hundreds_of_huge_bodies_at_once_are_all_cut_off_and_true_callbacks_are_taken_meanwhile()
    {
        using var server = new RealServer(Path.Combine(_folder, "data"));
        server.Start();
        await server.ReadyAsync();
        for (var i = 0; i < 50; i++)
        {
            (await server.PostAsync($"wamid.WARM{i}", padding: 3_000)).Status.ShouldBe(200);
        }

        var before = Memory(server.ProcessId);
        var peak = before;
        var block = new byte[Megabyte / 4];
        var huge = Enumerable.Range(0, Senders).Select(i => Task.Run(() => SendAsync(server.Http.BaseAddress!, i, block))).ToList();
        var sent = 0;
        for (var all = Task.WhenAll(huge); !all.IsCompleted || sent < 20; sent++)
        {
            (await server.PostAsync($"wamid.TRUE{sent}")).Status.ShouldBe(200);
            peak = Math.Max(peak, Memory(server.ProcessId));
        }

        await Task.WhenAll(huge);
        output.WriteLine($"{Senders} huge bodies: {before / Megabyte} MB before, at most {peak / Megabyte} MB (meant: 300 more), {sent} true callbacks taken meanwhile");

        // 300 MB are meant; what growing buffers leave behind until it is collected comes on top. Keeping all of them would be 800 MB and more.
        (peak - before).ShouldBeLessThan(450L * Megabyte);
    }

    public void Dispose() => Directory.Delete(_folder, true);

    /// <summary>The largest that is allowed with a wrong signature, one that announces more, one without end, one that claims to be packed.</summary>
    private static async Task SendAsync(Uri server, int i, byte[] block)
    {
        var (head, blocks) = (i % 4) switch
        {
            0 => ("Content-Length: 4194304", 16),
            1 => ("Content-Length: 1073741824", 64),
            2 => ("Transfer-Encoding: chunked", 64),
            _ => ("Content-Encoding: gzip\r\nContent-Length: 4194304", 16),
        };
        using var call = await RawCall.PostAsync(server, [], head, "X-Hub-Signature-256: sha256=00");
        byte[] piece = i % 4 == 2 ? [.. "40000\r\n"u8, .. block, .. "\r\n"u8] : block;
        for (var n = 0; n < blocks && await call.WriteAsync(piece); n++)
        {
        }

        (await call.StatusAsync(TestContext.Current.CancellationToken)).ShouldBeOneOf(0, 401, 413, 503);
    }

    private static long Memory(int process)
    {
        using var info = Process.GetProcessById(process);
        return info.WorkingSet64;
    }
}
