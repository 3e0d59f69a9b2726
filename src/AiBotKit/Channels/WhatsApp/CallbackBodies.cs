using System.Buffers;
using System.IO.Pipelines;
using AiBotKit.Hosting;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>
/// Reads the bodies of callbacks before anybody is known, within bounds (F36, F37): at most 4 MB each, and of those above 32 KB, which no
/// ordinary callback reaches, at most 12 in memory at once (64 would be 256 MB, and twice that while they grow); slow ones end after 10 s in all.
/// Memory grows with what came, not with what was announced.
/// Compressed bodies are not unpacked: the signature is over the bytes on the wire.
/// </summary>
internal sealed class CallbackBodies(TimeProvider time)
{
    public const int Small = 32 << 10;
    public const int LargeAtOnce = 12;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private int _taken;

    /// <summary>Places for large bodies that are free now.</summary>
    public int FreePlaces => LargeAtOnce - Volatile.Read(ref _taken);

    /// <summary>The body, to be disposed after its use; without bytes, the status to refuse with: 400 when its end is in doubt, 413, 408 (the connection is cut), or 503 when too many large ones are here.</summary>
    public async ValueTask<Body> ReadAsync(HttpRequest request)
    {
        if (RefuseTwoLengths.Has(request))
        {
            return new Body(StatusCodes.Status400BadRequest);
        }

        var announced = request.ContentLength;
        if (announced > ReceiveWebhook.MaxBody)
        {
            OversizedBodies.LetItsSenderFinish(request.HttpContext);
            return new Body(StatusCodes.Status413PayloadTooLarge);
        }

        if (announced is { } whole and <= Small && TryTake(request.BodyReader, (int)whole) is { } ready)
        {
            return new Body(ready, null);
        }

        var buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(announced ?? Small, Small));
        using var patience = new CancellationTokenSource(Longest, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, request.HttpContext.RequestAborted);
        var hasPlace = false;
        try
        {
            for (var length = 0; ;)
            {
                if (length == buffer.Length)
                {
                    if (length == announced)
                    {
                        return new Body(buffer.AsMemory(0, length), Kept(ref hasPlace));
                    }

                    if (length > ReceiveWebhook.MaxBody)
                    {
                        return new Body(StatusCodes.Status413PayloadTooLarge);
                    }

                    if (!hasPlace && !TryTakePlace())
                    {
                        return new Body(StatusCodes.Status503ServiceUnavailable);
                    }

                    hasPlace = true;
                    Array.Resize(ref buffer, (int)Math.Min(announced ?? int.MaxValue, Math.Min(2L * length, ReceiveWebhook.MaxBody + 1)));
                }

                var read = await request.Body.ReadAsync(buffer.AsMemory(length), both.Token);
                if (read == 0)
                {
                    return new Body(buffer.AsMemory(0, length), Kept(ref hasPlace));
                }

                length += read;
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            // Whoever did not send the body would not read an answer, and the rest of the body would have to be drained first.
            request.HttpContext.Abort();
            return new Body(StatusCodes.Status408RequestTimeout);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException && request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return new Body(StatusCodes.Status499ClientClosedRequest);
        }
        catch (BadHttpRequestException error)
        {
            // More in chunks than is allowed, a chunk that is none. Passed on it would stand in the log as a fault of ours, stack and all, for everybody who likes to write there.
            return new Body(error.StatusCode);
        }
        catch (IOException)
        {
            // A chunk whose size is no number.
            return new Body(StatusCodes.Status400BadRequest);
        }
        finally
        {
            if (hasPlace)
            {
                GivePlaceBack();
            }
        }
    }

    /// <summary>What nearly every callback is: small, and here with its headers. No timer, no wait.</summary>
    private static byte[]? TryTake(PipeReader reader, int length)
    {
        if (!reader.TryRead(out var result))
        {
            return null;
        }

        if (result.Buffer.Length < length)
        {
            reader.AdvanceTo(result.Buffer.Start);
            return null;
        }

        var bytes = result.Buffer.Slice(0, length).ToArray();
        reader.AdvanceTo(result.Buffer.GetPosition(length));
        return bytes;
    }

    /// <summary>The place goes over to the body, which gives it back.</summary>
    private CallbackBodies? Kept(ref bool hasPlace)
    {
        var kept = hasPlace ? this : null;
        hasPlace = false;
        return kept;
    }

    private bool TryTakePlace()
    {
        if (Interlocked.Increment(ref _taken) <= LargeAtOnce)
        {
            return true;
        }

        GivePlaceBack();
        return false;
    }

    private void GivePlaceBack() => Interlocked.Decrement(ref _taken);

    internal readonly struct Body : IDisposable
    {
        private readonly CallbackBodies? _place;

        public Body(int refusal) => Refusal = refusal;

        public Body(ReadOnlyMemory<byte> bytes, CallbackBodies? place) => (Bytes, _place) = (bytes, place);

        public ReadOnlyMemory<byte> Bytes { get; }

        /// <summary>0 when there are bytes.</summary>
        public int Refusal { get; }

        public void Dispose() => _place?.GivePlaceBack();
    }
}
