using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace AiBotKit.Tests.Fakes;

/// <summary>
/// A line between a client and a server that a test cuts: every connection over it is reset, and while it is down none is taken. Bytes pass as they are.
/// </summary>
internal sealed class CuttableLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<long, Pair> _open = new();
    private readonly ConcurrentQueue<Task> _under = new();
    private readonly Uri _server;
    private readonly Task _taking;
    private long _next;
    private volatile bool _isDown;

    public CuttableLine(Uri server)
    {
        _server = server;
        _listener.Start();
        Address = new UriBuilder(server) { Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;
        _taking = TakeAsync();
    }

    /// <summary>The server's, over this line.</summary>
    public Uri Address { get; }

    /// <summary>Each new connection is cut after so many bytes from the server; null: it is not.</summary>
    public Func<int>? CutAfter { get; set; }

    /// <summary>Resets every connection.</summary>
    /// <param name="down">Takes no new one until <see cref="Mend"/>.</param>
    public void Cut(bool down)
    {
        _isDown = down;
        foreach (var (key, pair) in _open)
        {
            if (_open.TryRemove(key, out _))
            {
                pair.Reset();
            }
        }
    }

    public void Mend() => _isDown = false;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut(true);
        await _taking.WaitAsync(CancellationToken.None);
        await Task.WhenAll(_under);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task TakeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                if (_isDown)
                {
                    client.Client.Close(0);
                    continue;
                }

                _under.Enqueue(CarryAsync(client));
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Disposed, or the client left before it was taken.
            }
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        var key = Interlocked.Increment(ref _next);
        client.NoDelay = true;
        var pair = new Pair(client, new TcpClient { NoDelay = true });
        _open[key] = pair;
        try
        {
            await pair.Server.ConnectAsync(_server.Host, _server.Port, _stop.Token);
            var limit = CutAfter?.Invoke() ?? int.MaxValue;
            await Task.WhenAny(PumpAsync(client.GetStream(), pair.Server.GetStream(), int.MaxValue), PumpAsync(pair.Server.GetStream(), client.GetStream(), limit));
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // Cut, or one of the two ended it.
        }
        finally
        {
            _open.TryRemove(key, out _);
            pair.Reset();
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, int limit)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            for (var left = limit; left > 0;)
            {
                var count = await from.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, left)), _stop.Token);
                if (count == 0)
                {
                    return;
                }

                await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
                left -= count;
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Cut, or one of the two ended it.
        }
    }

    private sealed record Pair(TcpClient Client, TcpClient Server)
    {
        /// <summary>Without a farewell: what is still under way is lost, as on a line that breaks.</summary>
        public void Reset()
        {
            foreach (var one in new[] { Client, Server })
            {
                one.Client?.Close(0);
                one.Dispose();
            }
        }
    }
}
