using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace AiBotKit.Tests.Fakes;

/// <summary>One call of the model, answered on the wire that was asked on.</summary>
internal sealed class ModelCall(HttpContext context, Action<int> written, Action<int> hanging, CancellationToken ended)
{
    private bool _begun;

    public CancellationToken Ended => ended;

    private bool IsAnthropic => context.Request.Path.Value!.EndsWith("/messages", StringComparison.Ordinal);

    public async Task BeginAsync(int status = 200, string contentType = "text/event-stream")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        await context.Response.StartAsync(ended);
        await context.Response.Body.FlushAsync(ended);
    }

    public async Task WriteAsync(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        await context.Response.Body.WriteAsync(bytes, ended);
        await context.Response.Body.FlushAsync(ended);
        written(bytes.Length);
    }

    /// <summary>One piece of the text as the wire streams it.</summary>
    public async Task PieceAsync(string text)
    {
        if (!_begun)
        {
            _begun = true;
            await BeginPiecesAsync();
        }

        await WriteAsync(IsAnthropic
            ? Event("content_block_delta", new { type = "content_block_delta", index = 0, delta = new { type = "text_delta", text } })
            : Event(Chunk(new { content = text }, null)));
    }

    public async Task EndAsync(string reason = "stop")
    {
        if (IsAnthropic)
        {
            await WriteAsync(Event("content_block_stop", new { type = "content_block_stop", index = 0 })
                + Event("message_delta", new { type = "message_delta", delta = new { stop_reason = reason == "stop" ? "end_turn" : "refusal", stop_sequence = (string?)null }, usage = new { output_tokens = 7 } })
                + Event("message_stop", new { type = "message_stop" }));
            return;
        }

        await WriteAsync(Event(Chunk(new { }, reason))
            + Event(new { id = "c1", @object = "chat.completion.chunk", created = 1, model = "m", choices = Array.Empty<object>(), usage = new { prompt_tokens = 11, completion_tokens = 7, total_tokens = 18 } })
            + "data: [DONE]\n\n");
    }

    public Task RefuseAsync(string text) => WriteAsync(Event(Chunk(new { refusal = text }, "stop")) + "data: [DONE]\n\n");

    /// <summary>Until the client gives up.</summary>
    public async Task HangAsync()
    {
        hanging(1);
        try
        {
            await Task.Delay(Timeout.Infinite, ended);
        }
        finally
        {
            hanging(-1);
        }
    }

    public void Reset() => context.Abort();

    /// <summary>A whole completion, as a server sends it that does not stream.</summary>
    public static string Whole(string? text) => JsonSerializer.Serialize(new
    {
        id = "c1",
        @object = "chat.completion",
        created = 1,
        model = "m",
        choices = new[] { new { index = 0, message = new { role = "assistant", content = text }, finish_reason = "stop" } },
        usage = new { prompt_tokens = 11, completion_tokens = 7, total_tokens = 18 },
    });

    private async Task BeginPiecesAsync()
    {
        await BeginAsync();
        if (IsAnthropic)
        {
            await WriteAsync(Event("message_start", new
            {
                type = "message_start",
                message = new
                {
                    id = "msg_1",
                    type = "message",
                    role = "assistant",
                    model = "m",
                    content = Array.Empty<object>(),
                    stop_reason = (string?)null,
                    stop_sequence = (string?)null,
                    usage = new { input_tokens = 11, output_tokens = 1 },
                },
            })
                + Event("content_block_start", new { type = "content_block_start", index = 0, content_block = new { type = "text", text = "" } }));
        }
    }

    private static object Chunk(object delta, string? reason) =>
        new { id = "c1", @object = "chat.completion.chunk", created = 1, model = "m", choices = new[] { new { index = 0, delta, finish_reason = reason } } };

    private static string Event(object data) => $"data: {JsonSerializer.Serialize(data)}\n\n";

    private static string Event(string name, object data) => $"event: {name}\n{Event(data)}";
}
