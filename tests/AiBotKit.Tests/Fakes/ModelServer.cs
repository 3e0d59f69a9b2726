using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AiBotKit.Tests.Fakes;

/// <summary>What the model does on one call.</summary>
internal delegate Task ModelAct(ModelCall call);

/// <summary>A model on loopback that speaks the wires of OpenAI and Anthropic and does what a test says, also what no model should.</summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Func<int, ModelAct> _script;
    private readonly CancellationTokenSource _stop = new();
    private int _calls;
    private int _open;
    private int _most;
    private int _hanging;
    private long _written;

    private ModelServer(WebApplication app, Func<int, ModelAct> script) => (_app, _script) = (app, script);

    /// <summary>With a version path, as <c>Assistant:BaseUrl</c> wants it.</summary>
    public string BaseUrl => _app.Urls.First() + "/v1";

    public ConcurrentQueue<(string Path, IReadOnlyDictionary<string, string> Headers, JsonElement Body)> Requests { get; } = [];

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Calls that the client has neither got an end of nor given up.</summary>
    public int Open => Volatile.Read(ref _open);

    public int MostOpen => Volatile.Read(ref _most);

    /// <summary>Calls that wait for the client to give up.</summary>
    public int Hanging => Volatile.Read(ref _hanging);

    public long BytesWritten => Interlocked.Read(ref _written);

    /// <summary>The acts in the order of the calls; the last one repeats.</summary>
    public static Task<ModelServer> StartAsync(params ModelAct[] acts) => StartAsync(call => acts[Math.Min(call, acts.Length - 1)]);

    /// <summary>The act by the number of the call, from 0.</summary>
    public static async Task<ModelServer> StartAsync(Func<int, ModelAct> script)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(o => o.Limits.MinResponseDataRate = null);
        var app = builder.Build();
        var server = new ModelServer(app, script);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _stop.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var document = await JsonDocument.ParseAsync(context.Request.Body);
        Requests.Enqueue((context.Request.Path, context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), document.RootElement.Clone()));
        var number = Interlocked.Increment(ref _calls) - 1;
        var open = Interlocked.Increment(ref _open);
        while (Volatile.Read(ref _most) is var most && open > most)
        {
            Interlocked.CompareExchange(ref _most, open, most);
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop.Token);
        try
        {
            await _script(number)(new ModelCall(context, count => Interlocked.Add(ref _written, count), delta => Interlocked.Add(ref _hanging, delta), ended.Token));
        }
        catch (OperationCanceledException)
        {
            // The client gave up, or the test is over.
            context.Abort();
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
