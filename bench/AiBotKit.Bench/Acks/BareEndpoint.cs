using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using AiBotKit.Bench.EndToEnd;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AiBotKit.Bench.Acks;

/// <summary>
/// The least that any receiver must do, to measure ours against: <c>hmac</c> verifies the signature and answers; <c>commit</c> also inserts the
/// body into SQLite, many callers to one full-durability commit, and answers after it.
/// </summary>
internal static class BareEndpoint
{
    private const int MaxBatch = 256;

    public static async Task<int> ServeAsync(string kind, string port, string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        var secret = Encoding.UTF8.GetBytes(RigSettings.Secret);
        var queue = Channel.CreateUnbounded<(byte[] Body, TaskCompletionSource Done)>(new UnboundedChannelOptions { SingleReader = true });
        var writing = kind == "commit" ? WriteAsync(queue.Reader, folder) : Task.CompletedTask;
        app.MapPost("/api/whatsapp/callback", async (HttpContext http) =>
        {
            var body = new byte[(int)http.Request.ContentLength!.Value];
            await http.Request.Body.ReadExactlyAsync(body);
            var presented = http.Request.Headers["X-Hub-Signature-256"].ToString();
            if (presented.Length != 71 || !CryptographicOperations.FixedTimeEquals(Convert.FromHexString(presented.AsSpan(7)), HMACSHA256.HashData(secret, body)))
            {
                http.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            }

            if (kind == "commit")
            {
                var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await queue.Writer.WriteAsync((body, done));
                await done.Task;
            }

            http.Response.ContentLength = 0;
        });
        app.MapGet("/readyz", () => "ready");
        await app.RunAsync();
        queue.Writer.Complete();
        await writing;
        return 0;
    }

    private static async Task WriteAsync(ChannelReader<(byte[] Body, TaskCompletionSource Done)> queue, string folder)
    {
        using var store = new BareStore(Path.Combine(folder, "bare.db"));
        var waiting = new List<TaskCompletionSource>(MaxBatch);
        while (await queue.WaitToReadAsync())
        {
            store.Begin();
            while (waiting.Count < MaxBatch && queue.TryRead(out var item))
            {
                store.Insert(item.Body);
                waiting.Add(item.Done);
            }

            store.Commit();
            waiting.ForEach(done => done.TrySetResult());
            waiting.Clear();
        }
    }
}
