using System.Diagnostics;
using System.Text;
using AiBotKit.Channels.WhatsApp;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Simulator;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>Huge and slow senders (F36, F37): they are cut off within bounds, and true callbacks are answered meanwhile.</summary>
public sealed class CallbackLimitTests(ITestOutputHelper output)
{
    /// <summary>More than the 2,000 connections that the server holds, in the long run.</summary>
    private static readonly int Slow = LongRun.Count(300, 4_000);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static byte[] Fresh(int i) =>
        Encoding.UTF8.GetBytes(WireFixtures.Text("inbound-text.json").Replace("\"1784000000\"", $"\"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}\"", StringComparison.Ordinal).Replace("wamid.", $"wamid.{i}.", StringComparison.Ordinal));

    [Theory]
    [InlineData("Content-Length: 5000000")]
    [InlineData("Content-Length: 1073741824")]
    [InlineData("Content-Length: 4194305")]
    public async Task A_body_that_announces_more_than_4_MB_is_413_unread(string length)
    {
        await using var shop = await TalkingShop.StartAsync();
        using var call = await RawCall.PostAsync(shop.App.Address, [], length, "X-Hub-Signature-256: sha256=00");
        (await call.StatusAsync(Stop)).ShouldBe(413);
    }

    [Theory]
    [InlineData("/api/whatsapp/callback")]
    [InlineData("/api/conversations")]
    public async Task Whoever_writes_all_of_a_large_body_before_reading_sees_its_413(string path)
    {
        await using var shop = await TalkingShop.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            using var connection = new System.Net.Sockets.TcpClient { NoDelay = true };
            await connection.ConnectAsync(shop.App.Address.Host, shop.App.Address.Port, Stop);
            var wire = connection.GetStream();
            await wire.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5000000\r\n\r\n"), Stop);
            for (var piece = 0; piece < 50; piece++)
            {
                await wire.WriteAsync(new byte[100_000], Stop);
            }

            using var reader = new StreamReader(wire, Encoding.ASCII);
            (await reader.ReadLineAsync(Stop)).ShouldBe("HTTP/1.1 413 Payload Too Large");
        }
    }

    [Fact]
    public async Task An_endless_body_is_413_after_4_MB()
    {
        await using var shop = await TalkingShop.StartAsync();
        using var call = await RawCall.PostAsync(shop.App.Address, [], "Transfer-Encoding: chunked", "X-Hub-Signature-256: sha256=00");
        var chunk = (byte[])[.. "10000\r\n"u8, .. new byte[0x10000], .. "\r\n"u8];
        var answer = call.StatusAsync(Stop);
        var written = 0L;
        while (!answer.IsCompleted && written < 64 << 20 && await call.WriteAsync(chunk))
        {
            written += chunk.Length;
        }

        (await answer).ShouldBe(413);
    }

    [Fact]
    public async Task A_compressed_body_is_not_unpacked_and_is_kept_as_it_came()
    {
        await using var shop = await TalkingShop.StartAsync();
        using var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await gzip.WriteAsync(new byte[64 << 20], Stop);
        }

        var body = packed.ToArray();
        using var call = await RawCall.PostAsync(shop.App.Address, body, "Content-Encoding: gzip", $"Content-Length: {body.Length}", "X-Hub-Signature-256: " + TextCallback.Sign(body));
        (await call.StatusAsync(Stop)).ShouldBe(200);
        (await shop.DeadLettersAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Of_large_bodies_64_are_in_memory_at_once_and_small_ones_pass_them()
    {
        await using var shop = await TalkingShop.StartAsync();
        var bodies = shop.App.Get<CallbackBodies>();
        var calls = new List<RawCall>();
        try
        {
            for (var i = 0; i < CallbackBodies.LargeAtOnce; i++)
            {
                calls.Add(await RawCall.PostAsync(shop.App.Address, new byte[CallbackBodies.Small + 1], $"Content-Length: {4 << 20}", "X-Hub-Signature-256: sha256=00"));
            }

            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(9));
            while (bodies.FreePlaces > 0)
            {
                await Task.Delay(10, patience.Token);
            }

            using (var one = await RawCall.PostAsync(shop.App.Address, new byte[CallbackBodies.Small + 1], $"Content-Length: {4 << 20}", "X-Hub-Signature-256: sha256=00"))
            {
                (await one.StatusAsync(Stop)).ShouldBe(503);
            }

            (await shop.PostSignedAsync(Fresh(0))).ShouldBe(200);

            // Nobody sends more: after its 10 s each is cut off without an answer.
            (await calls[0].StatusAsync(Stop)).ShouldBe(0);
        }
        finally
        {
            calls.ForEach(call => call.Dispose());
        }

        using var ceiling = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (bodies.FreePlaces < CallbackBodies.LargeAtOnce)
        {
            await Task.Delay(20, ceiling.Token);
        }
    }

    [Fact]
    public async Task True_callbacks_are_answered_while_hundreds_of_slow_connections_hang()
    {
        await using var shop = await TalkingShop.StartAsync();

        // The proxy in front has its connection already: what comes after the last free one is turned away.
        (await shop.PostSignedAsync(Fresh(-1))).ShouldBe(200);
        var slow = new List<RawCall>();
        try
        {
            for (var i = 0; i < Slow; i++)
            {
                var call = i % 3 == 1
                    ? await RawCall.PostAsync(shop.App.Address, "{"u8.ToArray(), "Content-Length: 2000", "X-Hub-Signature-256: sha256=00")
                    : await RawCall.OpenAsync(shop.App.Address);
                if (i % 3 == 2)
                {
                    await call.WriteAsync(Encoding.ASCII.GetBytes($"POST {RawCall.Path} HTTP/1.1\r\nHost: x\r\nX-A: "));
                }

                slow.Add(call);
            }

            var took = new List<double>();
            for (var i = 0; i < 100; i++)
            {
                var start = Stopwatch.GetTimestamp();
                (await shop.PostSignedAsync(Fresh(i))).ShouldBe(200);
                took.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (i % 10 == 0)
                {
                    // A drop now and then keeps a slow body alive.
                    await slow[1].WriteAsync("x"u8.ToArray());
                }
            }

            took.Sort();
            output.WriteLine($"{Slow} slow connections: p50 {took[50]:0.0} ms, p99 {took[99]:0.0} ms");
        }
        finally
        {
            slow.ForEach(call => call.Dispose());
        }
    }
}
