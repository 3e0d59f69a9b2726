using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiBotKit.Assistant;

/// <summary>
/// Stands between a model's server and its library. Bounds what the server can make us hold, because the libraries keep lines and error
/// bodies of any length in memory (F23). With <paramref name="acceptsWhole"/> the completion of a server that does not stream becomes
/// the one-piece stream that the OpenAI library expects, and would otherwise read as nothing. With <paramref name="anthropicKey"/> the key
/// goes where Anthropic's API reference wants it (<c>x-api-key</c>): the library of this version sends it as a bearer token.
/// </summary>
internal sealed class ModelWire(bool acceptsWhole, string? anthropicKey = null) : DelegatingHandler
{
    /// <summary>8,192 tokens with their wrapping, several times over.</summary>
    public const int MaxBody = 4 * 1024 * 1024;

    /// <summary>64 KB of text, escaped, in one event or one whole completion.</summary>
    public const int MaxLine = 256 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (anthropicKey is not null)
        {
            request.Headers.Authorization = null;
            request.Headers.Remove("x-api-key");
            request.Headers.Add("x-api-key", anthropicKey);
        }

        var response = await base.SendAsync(request, cancellationToken);
        var body = new CappedStream(await response.Content.ReadAsStreamAsync(cancellationToken), MaxBody, MaxLine);
        var isStream = string.Equals(response.Content.Headers.ContentType?.MediaType, "text/event-stream", StringComparison.OrdinalIgnoreCase);
        response.Content = Replace(response.Content, acceptsWhole && response.IsSuccessStatusCode && !isStream ? await UnwrapAsync(body, cancellationToken) : body);
        return response;
    }

    /// <summary>The body decides, not its declared type: a brace begins a whole completion, anything else is left to the library.</summary>
    private static async Task<Stream> UnwrapAsync(CappedStream body, CancellationToken cancellationToken)
    {
        var start = new byte[4096];
        var length = 0;
        while (length < start.Length && start.AsSpan(0, length).Trim(" \t\r\n"u8).Length == 0)
        {
            var read = await body.ReadAsync(start.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                break;
            }

            length += read;
        }

        if (start.AsSpan(0, length).Trim(" \t\r\n"u8) is not [(byte)'{', ..])
        {
            return new CappedStream(body, MaxBody, MaxLine, start.AsMemory(0, length));
        }

        using var whole = new MemoryStream();
        await whole.WriteAsync(start.AsMemory(0, length), cancellationToken);
        await new CappedStream(body, MaxLine, MaxLine).CopyToAsync(whole, cancellationToken);
        return new MemoryStream(AsEvents(whole.ToArray()));
    }

    /// <summary>One chunk with the same fields, and the end; what is not a completion is returned as it is.</summary>
    private static byte[] AsEvents(byte[] body)
    {
        try
        {
            if (JsonNode.Parse(body) is not JsonObject root || root["choices"] is not JsonArray choices)
            {
                return body;
            }

            foreach (var choice in choices.OfType<JsonObject>())
            {
                var said = choice["message"] as JsonObject;
                choice["delta"] = new JsonObject { ["role"] = "assistant", ["content"] = said?["content"]?.DeepClone(), ["refusal"] = said?["refusal"]?.DeepClone() };
                choice.Remove("message");
            }

            root["object"] = "chat.completion.chunk";
            return Encoding.UTF8.GetBytes($"data: {root.ToJsonString()}\n\ndata: [DONE]\n\n");
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            // Half a document, or one with a key twice.
            return body;
        }
    }

    private static StreamContent Replace(HttpContent old, Stream body)
    {
        var content = new StreamContent(body);
        foreach (var header in old.Headers)
        {
            if (!header.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                content.Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
        }

        return content;
    }

    /// <summary>Fails instead of reading on when the body, or one line of it, is longer than allowed.</summary>
    private sealed class CappedStream(Stream inner, long maxBody, int maxLine, ReadOnlyMemory<byte> first = default) : Stream
    {
        private ReadOnlyMemory<byte> _first = first;
        private long _body;
        private int _line;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_first.Length > 0)
            {
                return TakeFirst(buffer.Span);
            }

            var read = await inner.ReadAsync(buffer, cancellationToken);
            return Count(buffer.Span[..read]);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) =>
            _first.Length > 0 ? TakeFirst(buffer.AsSpan(offset, count)) : Count(buffer.AsSpan(offset, inner.Read(buffer, offset, count)));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private int TakeFirst(Span<byte> buffer)
        {
            var taken = Math.Min(buffer.Length, _first.Length);
            _first.Span[..taken].CopyTo(buffer);
            _first = _first[taken..];
            return Count(buffer[..taken]);
        }

        private int Count(ReadOnlySpan<byte> read)
        {
            _body += read.Length;
            var newline = read.LastIndexOf((byte)'\n');
            _line = newline < 0 ? _line + read.Length : read.Length - newline - 1;
            return _body > maxBody || _line > maxLine
                ? throw new HttpIOException(HttpRequestError.ConfigurationLimitExceeded, "the model's answer is longer than allowed")
                : read.Length;
        }
    }
}
