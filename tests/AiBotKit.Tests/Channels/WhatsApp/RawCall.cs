using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>An HTTP request written byte by byte, for what an HTTP client would not send.</summary>
internal sealed class RawCall : IDisposable
{
    public const string Path = "/api/whatsapp/callback";
    private readonly TcpClient _client;

    private readonly NetworkStream _stream;

    private RawCall(TcpClient client) => (_client, _stream) = (client, client.GetStream());

    public static async Task<RawCall> OpenAsync(Uri server)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(server.Host, server.Port);
        return new RawCall(client);
    }

    /// <summary>Sends a head with these header lines, and what of the body is given, as a callback.</summary>
    public static Task<RawCall> PostAsync(Uri server, byte[] body, params string[] headers) => PostToAsync(Path, server, body, headers);

    /// <summary>As <see cref="PostAsync"/> to another address of the server.</summary>
    public static async Task<RawCall> PostToAsync(string path, Uri server, byte[] body, params string[] headers)
    {
        var call = await OpenAsync(server);
        await call.WriteAsync(Encoding.Latin1.GetBytes($"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n"));
        await call.WriteAsync(body);
        return call;
    }

    /// <summary>False when the other side has closed.</summary>
    public async Task<bool> WriteAsync(byte[] bytes)
    {
        try
        {
            await _stream.WriteAsync(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The status of the answer; 0 when the connection was closed without one.</summary>
    public async Task<int> StatusAsync(CancellationToken cancellationToken)
    {
        var head = new byte[12];
        try
        {
            var read = await _stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
            return read == head.Length ? int.Parse(Encoding.ASCII.GetString(head, 9, 3), CultureInfo.InvariantCulture) : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>The statuses of all answers until the other side closes.</summary>
    public async Task<List<int>> StatusesAsync(CancellationToken cancellationToken)
    {
        using var received = new MemoryStream();
        try
        {
            await _stream.CopyToAsync(received, cancellationToken);
        }
        catch (IOException)
        {
            // Closed with a reset, because bytes were left unread: what was answered before counts.
        }

        return [.. Encoding.Latin1.GetString(received.ToArray()).Split("HTTP/1.1 ").Skip(1).Select(answer => int.Parse(answer[..3], CultureInfo.InvariantCulture))];
    }

    public void Dispose() => _client.Dispose();
}
