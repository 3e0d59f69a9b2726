using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AiBotKit.Bench.EndToEnd;

/// <summary>An OpenAI-compatible model on this machine that answers after a fixed time and repeats the tokens of the customer's messages.</summary>
internal sealed partial class LoopbackModel(int port, TimeSpan delay) : IAsyncDisposable
{
    private readonly WebApplication _app = Build(port, delay);

    public Task StartAsync() => _app.StartAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static WebApplication Build(int port, TimeSpan delay)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(RigSettings.Url(port));
        var app = builder.Build();
        app.MapPost("/v1/chat/completions", async (HttpContext http) =>
        {
            using var ask = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            var last = ask.RootElement.GetProperty("messages").EnumerateArray().Last().GetProperty("content");
            var asked = last.ValueKind == JsonValueKind.String ? last.GetString()! : last.GetRawText();
            if (delay > TimeSpan.Zero)
            {
                await Task.Delay(delay, http.RequestAborted);
            }

            http.Response.ContentType = "text/event-stream";
            await http.Response.Body.WriteAsync(Answer($"Thank you, noted {string.Join(' ', Token().Matches(asked).Select(m => m.Value))}"), http.RequestAborted);
        });
        return app;
    }

    private static byte[] Answer(string text) => Encoding.UTF8.GetBytes($$$"""
        data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"bench","choices":[{"index":0,"delta":{"role":"assistant","content":{{{JsonSerializer.Serialize(text)}}}},"finish_reason":null}]}

        data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"bench","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

        data: [DONE]


        """);

    [GeneratedRegex(@"#L\d+\.\d+#")]
    private static partial Regex Token();
}
