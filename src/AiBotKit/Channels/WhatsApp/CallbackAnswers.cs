using AiBotKit.Durability;
using AiBotKit.Hosting.Telemetry;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>Answers a callback over HTTP: 200, 401, 413, or 503 with Retry-After, never 500 and never with a body (wire facts 2).</summary>
internal sealed partial class CallbackAnswers(
    ReceiveWebhook receive, CallbackBodies bodies, WhatsAppOptions options, WhatsAppMetrics metrics, FaultPoints faults, TimeProvider time, ILogger<CallbackAnswers> logger)
{
    public async Task AnswerAsync(HttpContext http)
    {
        var start = time.GetTimestamp();
        using var activity = ProductTelemetry.Source.StartActivity("webhook");
        using var body = await bodies.ReadAsync(http.Request);
        var status = body.Refusal != 0 ? body.Refusal : await ReceiveAsync(http.Request, body.Bytes);
        http.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = "5";
        }

        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.ContentLength = 0;
        await http.Response.CompleteAsync();
        metrics.Answered(status, time.GetElapsedTime(start));
        activity?.SetTag("status", status);
        faults.Reach(FaultPoint.W7Answered);
    }

    private async Task<int> ReceiveAsync(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        try
        {
            var hints = new CallbackHints(request.QueryString.HasValue ? Key(request) : null, Single(request, CallbackSecrets.HeaderName));
            var answer = await receive.RunAsync(body, Single(request, options.SignatureHeader), options.StaticHeaderName is { Length: > 0 } name ? Single(request, name) : null, hints);
            return answer switch
            {
                WebhookAnswer.Stored => StatusCodes.Status200OK,
                WebhookAnswer.NotSigned => StatusCodes.Status401Unauthorized,
                _ => StatusCodes.Status503ServiceUnavailable,
            };
        }
#pragma warning disable CA1031 // A bug of ours must not lose a message: 503 makes the provider deliver it again, 500 might not.
        catch (Exception error) when (error is not CrashException)
#pragma warning restore CA1031
        {
            LogUnexpected(error, request.HttpContext.TraceIdentifier);
            return StatusCodes.Status503ServiceUnavailable;
        }
    }

    private static string? Key(HttpRequest request) => request.Query[CallbackSecrets.KeyName] is [var key] ? key : null;

    private static string? Single(HttpRequest request, string header) =>
        request.Headers.TryGetValue(header, out var values) && values.Count == 1 ? values[0] : null;

    [LoggerMessage(Level = LogLevel.Error, Message = "A callback failed unexpectedly and was answered 503 ({CorrelationId})")]
    private partial void LogUnexpected(Exception error, string correlationId);
}
