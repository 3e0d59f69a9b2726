using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>A provider on a raw loopback socket that does exactly what a test says, also what no HTTP server would do.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<Task> running = [];

    internal sealed record Request(string Line, IReadOnlyDictionary<string, string> Headers, byte[] Body);

    public ScriptedServer(Func<Socket, Request, CancellationToken, Task> answer)
    {
        listener.Start();
        running.Add(AcceptAsync(answer));
    }

    public ConcurrentQueue<Request> Requests { get; } = [];

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    public static ScriptedServer Answering(int status, string body, string extraHeaders = "") =>
        new((socket, _, token) => SendAsync(socket, Http(status, Encoding.UTF8.GetBytes(body), extraHeaders), token));

    public static ScriptedServer Answering(byte[] raw) => new((socket, _, token) => SendAsync(socket, raw, token));

    public static byte[] Http(int status, byte[] body, string extraHeaders = "") =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n{extraHeaders}\r\n"), .. body];

    public static async Task SendAsync(Socket socket, byte[] bytes, CancellationToken token) => await socket.SendAsync(bytes, token);

    /// <summary>Closes with RST instead of FIN.</summary>
    public static Task ResetAsync(Socket socket)
    {
        socket.LingerState = new(true, 0);
        socket.Close();
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        listener.Dispose();
    }

    private async Task AcceptAsync(Func<Socket, Request, CancellationToken, Task> answer)
    {
        try
        {
            while (true)
            {
                running.Add(ServeAsync(await listener.AcceptSocketAsync(stop.Token), answer));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket, Func<Socket, Request, CancellationToken, Task> answer)
    {
        using (socket)
        {
            try
            {
                while (await ReadAsync(socket) is { } request)
                {
                    Requests.Enqueue(request);
                    await answer(socket, request, stop.Token);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The client went away, or the test is over.
            }
        }
    }

    private async Task<Request?> ReadAsync(Socket socket)
    {
        var received = new List<byte>();
        var buffer = new byte[8192];
        int end;
        while ((end = Encoding.Latin1.GetString([.. received]).IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            var read = await socket.ReceiveAsync(buffer, stop.Token);
            if (read == 0)
            {
                return null;
            }

            received.AddRange(buffer.AsSpan(0, read));
        }

        var lines = Encoding.Latin1.GetString([.. received.Take(end)]).Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
        var length = headers.TryGetValue("Content-Length", out var value) ? int.Parse(value, System.Globalization.CultureInfo.InvariantCulture) : 0;
        while (received.Count < end + 4 + length)
        {
            var read = await socket.ReceiveAsync(buffer, stop.Token);
            if (read == 0)
            {
                return null;
            }

            received.AddRange(buffer.AsSpan(0, read));
        }

        return new(lines[0], headers, [.. received.Skip(end + 4).Take(length)]);
    }
}
