using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace AiBotKit.Hosting;

/// <summary>The one place where an exception becomes an answer: a stable code and an id to find it in the log, never its text (S-P4).</summary>
internal sealed partial class ErrorAnswers(IProblemDetailsService problems, ILogger<ErrorAnswers> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (status, code, title) = exception switch
        {
            UnavailableException => (StatusCodes.Status503ServiceUnavailable, "store_unavailable", "Nothing was saved. Try again in a moment."),
            BadHttpRequestException bad => (bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "too_large" : "bad_request", "The request cannot be read."),
            OperationCanceledException when httpContext.RequestAborted.IsCancellationRequested => (499, "cancelled", "The caller went away."),
            _ => (StatusCodes.Status500InternalServerError, "internal", "Something went wrong here."),
        };
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            httpContext.Response.Headers.RetryAfter = "5";
        }
        else if (status == StatusCodes.Status500InternalServerError)
        {
            LogUnexpected(exception, httpContext.TraceIdentifier);
        }

        httpContext.Response.StatusCode = status;
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = Problem(httpContext, status, code, title) });
    }

    /// <summary>A problem with the members that every error of this product has.</summary>
    public static ProblemDetails Problem(HttpContext context, int status, string code, string title) =>
        new() { Status = status, Title = title, Extensions = { ["code"] = code, ["correlationId"] = context.TraceIdentifier } };

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed unexpectedly ({CorrelationId})")]
    private partial void LogUnexpected(Exception error, string correlationId);
}
