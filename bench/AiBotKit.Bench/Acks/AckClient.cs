using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AiBotKit.Bench.Acks;

/// <summary>Posts ready-made requests over so many connections, each waiting for its answer before the next; costs little itself.</summary>
internal static class AckClient
{
    /// <summary>Acknowledged a second, and the time from the first byte sent to the last byte of the answer.</summary>
    internal sealed record Figures(int Connections, int Requests, double PerSecond, double P50Ms, double P99Ms);

    /// <exception cref="BrokenPromiseException">Something was not answered with 200.</exception>
    public static async Task<Figures> RunAsync(int port, int connections, ReadOnlyMemory<byte[]> requests)
    {
        var next = -1;
        var times = new double[requests.Length];
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => ConnectionAsync()));
        var seconds = clock.Elapsed.TotalSeconds;
        Array.Sort(times);
        return new Figures(connections, times.Length, Math.Round(times.Length / seconds), Ms(0.5), Ms(0.99));

        double Ms(double share) => Math.Round(times[(int)((times.Length - 1) * share)], 3);

        async Task ConnectionAsync()
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            var answer = new byte[4096];
            for (int i; (i = Interlocked.Increment(ref next)) < times.Length;)
            {
                var start = Stopwatch.GetTimestamp();
                await socket.SendAsync(requests.Span[i]);
                await ReadAnswerAsync(socket, answer);
                times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }
    }

    private static async Task ReadAnswerAsync(Socket socket, byte[] buffer)
    {
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length));
            length += read;
            var head = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (head >= 0)
            {
                var text = Encoding.ASCII.GetString(buffer, 0, head);
                if (!text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
                {
                    throw new BrokenPromiseException($"a callback was answered with '{text.Split('\r')[0]}'");
                }

                var at = text.IndexOf("Content-Length:", StringComparison.OrdinalIgnoreCase);
                var body = at < 0 ? 0 : int.Parse(text.AsSpan(at + 15).ToString().Split('\r')[0], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
                if (length >= head + 4 + body)
                {
                    return;
                }
            }

            if (read == 0)
            {
                throw new BrokenPromiseException("the server closed a connection");
            }
        }
    }
}
