using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AiBotKit.Tests.Simulator;

/// <summary>A tiny callback receiver on a real socket that checks every signature itself.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly byte[] secret;
    private readonly ConcurrentQueue<Callback> callbacks = new();

    private Receiver(WebApplication app, string secret) => (this.app, this.secret) = (app, Encoding.UTF8.GetBytes(secret));

    public string Url => app.Urls.First() + "/callback";

    /// <summary>Status of the next answers; by default 200 for a right signature, else 401.</summary>
    public Func<Callback, int> Answer { get; set; } = static callback => callback.Signed ? 200 : 401;

    public IReadOnlyCollection<Callback> Callbacks => callbacks;

    public static async Task<Receiver> StartAsync(string secret)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var receiver = new Receiver(app, secret);
        app.MapPost("/callback", receiver.ReceiveAsync);
        await app.StartAsync();
        return receiver;
    }

    public async Task<Callback[]> WaitAsync(Func<Callback, bool> wanted, int count = 1)
    {
        using var ceiling = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        ceiling.CancelAfter(TimeSpan.FromMinutes(4));
        while (true)
        {
            var found = callbacks.Where(wanted).ToArray();
            if (found.Length >= count)
            {
                return found;
            }

            if (ceiling.IsCancellationRequested)
            {
                throw new TimeoutException($"Only {found.Length} of {count} callbacks came; in all {callbacks.Count}: {string.Join('\n', callbacks.Select(static one => one.Text))}");
            }

            await Task.Delay(10, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer);
        var body = buffer.ToArray();
        var presented = request.Headers["X-Hub-Signature-256"].ToString();
        var callback = new Callback(body, presented, presented == "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(secret, body)),
            request.Headers.ToDictionary(static one => one.Key, static one => one.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        callbacks.Enqueue(callback);
        return Results.StatusCode(Answer(callback));
    }
}

internal sealed record Callback(byte[] Body, string Signature, bool Signed, Dictionary<string, string> Headers)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>Every value of every change.</summary>
    public IEnumerable<JsonElement> Values => Json.GetProperty("entry").EnumerateArray()
        .SelectMany(static entry => entry.GetProperty("changes").EnumerateArray()).Select(static change => change.GetProperty("value"));

    public IEnumerable<JsonElement> Messages => Items("messages");

    public IEnumerable<JsonElement> Statuses => Items("statuses");

    public bool HasStatus(string status) => Statuses.Any(one => one.GetProperty("status").GetString() == status);

    public IEnumerable<JsonElement> Items(string name) =>
        Values.Where(value => value.TryGetProperty(name, out _)).SelectMany(value => value.GetProperty(name).EnumerateArray());
}
