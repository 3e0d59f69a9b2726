using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AiBotKit.Tests.Faults;

/// <summary>An OpenAI-compatible model on loopback that streams one grounded sentence in a few pieces.</summary>
internal sealed class LoopbackModel : IAsyncDisposable
{
    private static readonly string[] Pieces = ["Yes, ", "in bags ", "of 1 kilogram. ", "[[1]]"];

    private readonly WebApplication _app;

    private LoopbackModel(WebApplication app) => _app = app;

    public string Url => _app.Urls.First() + "/v1";

    public static async Task<LoopbackModel> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapPost("/v1/chat/completions", AnswerAsync);
        await app.StartAsync();
        return new LoopbackModel(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static async Task AnswerAsync(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        foreach (var piece in Pieces)
        {
            await SayAsync(http, new { content = piece }, null);
        }

        await SayAsync(http, new { }, "stop");
        await http.Response.WriteAsync("data: [DONE]\n\n", http.RequestAborted);
    }

    private static async Task SayAsync(HttpContext http, object delta, string? finish)
    {
        var chunk = new { id = "c1", @object = "chat.completion.chunk", created = 1, model = "loopback", choices = new[] { new { index = 0, delta, finish_reason = finish } } };
        await http.Response.WriteAsync($"data: {JsonSerializer.Serialize(chunk)}\n\n", http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }
}
