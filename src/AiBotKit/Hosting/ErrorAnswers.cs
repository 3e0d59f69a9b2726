using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace AiBotKit.Hosting;

/// <summary>The one place where an exception becomes an answer: a stable code and an id to find it in the log, never its text (S-P4).</summary>
internal sealed partial class ErrorAnswers(ILogger<ErrorAnswers> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (status, code, title) = exception switch
        {
            UnavailableException => (StatusCodes.Status503ServiceUnavailable, "store_unavailable", "Nothing was saved. Try again in a moment."),
            BadHttpRequestException bad => Described(bad.StatusCode),
            OperationCanceledException or IOException when httpContext.RequestAborted.IsCancellationRequested => (499, "cancelled", "The caller went away."),
            _ => Described(StatusCodes.Status500InternalServerError),
        };
        // What the framework clears before it asks here.
        SecurityHeaders.Set(httpContext);
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            httpContext.Response.Headers.RetryAfter = "5";
        }
        else if (status == StatusCodes.Status500InternalServerError)
        {
            LogUnexpected(exception, httpContext.TraceIdentifier);
        }

        await WriteAsync(httpContext, status, code, title);
        return true;
    }

    /// <summary>Answers with a problem, whatever the caller says it accepts.</summary>
    public static Task WriteAsync(HttpContext context, int status, string code, string title)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(Problem(context, status, code, title), (JsonSerializerOptions?)null, "application/problem+json", context.RequestAborted);
    }

    /// <summary>A problem with the members that every error of this product has.</summary>
    public static ProblemDetails Problem(HttpContext context, int status, string code, string title) =>
        new() { Status = status, Title = title, Extensions = { ["code"] = code, ["correlationId"] = context.TraceIdentifier } };

    /// <summary>Takes off what the framework adds, so that every problem has the same members.</summary>
    public static void Trim(ProblemDetailsContext context)
    {
        context.ProblemDetails.Type = null;
        context.ProblemDetails.Extensions.Remove("traceId");
    }

    private static (int Status, string Code, string Title) Described(int status)
    {
        var (code, title) = BareAnswers.Of(status);
        return (status, code, title);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed unexpectedly ({CorrelationId})")]
    private partial void LogUnexpected(Exception error, string correlationId);
}
