using System.Security.Claims;
using AiBotKit.Accounts;
using AiBotKit.Channels.WhatsApp.Doctor;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>The embedded sign-up, the callback's registration and the doctor over REST.</summary>
internal static class SignupEndpoints
{
    public static void MapSignup(this IEndpointRouteBuilder api)
    {
        api.MapPost("/chatbots/{id:guid}/connections/signup", BeginAsync).RequireAuthorization(SignedIn.Owner).WithName("BeginSignup")
            .WithSummary("Opens the provider's embedded sign-up: the address of its page, good for 30 minutes and one use.").ProducesProblem(StatusCodes.Status402PaymentRequired).ProducesProblem(StatusCodes.Status409Conflict);
        api.MapPost("/chatbots/{id:guid}/connections/signup/complete", CompleteAsync).RequireAuthorization(SignedIn.Owner).WithName("CompleteSignup")
            .WithSummary("Finishes a sign-up after its page said so: the number is proved, stored and registered.")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesProblem(StatusCodes.Status502BadGateway);
        api.MapPost("/connections/{id:guid}/webhook", RegisterAsync).RequireAuthorization(SignedIn.Owner).WithName("RegisterWebhook")
            .WithSummary("Tells the provider our callback address again.").ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status502BadGateway);
    }

    public static void MapDoctor(this IEndpointRouteBuilder api)
    {
        api.MapGet("/connections/{id:guid}/doctor", ReadAsync).WithName("ReadDoctor").WithSummary("Checks a connection and asks its provider; nothing is sent and nothing changes.");
        api.MapPost("/connections/{id:guid}/doctor", CheckAsync).WithName("CheckConnection").WithSummary("Checks a connection with a test event that comes back through the provider, where it sends one.");
    }

    private static async Task<Results<Ok<OpenSignup>, NotFound, ProblemHttpResult>> BeginAsync(Guid id, BeginSignup begin, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken) =>
        await begin.RunAsync(user.AccountId(), id, new Uri($"{context.Request.Scheme}://{context.Request.Host}"), context.Actor(), cancellationToken) switch
        {
            null => TypedResults.NotFound(),
            { Refusal: { } refusal } => refusal.Problem(context),
            { Signup: { } signup } => TypedResults.Ok(signup),
            _ => TypedResults.NotFound(),
        };

    private static async Task<Results<Ok<ConnectionItem>, NotFound, ProblemHttpResult>> CompleteAsync(
        Guid id, SignupRequest body, CompleteSignup complete, ListConnections list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(body.State))
        {
            return ConnectionRefusal.Invalid("state is missing: it came with the sign-up.").Problem(context);
        }

        var done = await complete.RunAsync(user.AccountId(), id, body.State, context.Actor(), cancellationToken);
        if (done?.Refusal is { } refusal)
        {
            var problem = refusal.Problem(context).ProblemDetails;
            if (done.Migration is { Code: { } code })
            {
                problem.Extensions["metaCode"] = code;
            }

            return TypedResults.Problem(problem);
        }

        return done?.ConnectionId is { } connection && await list.FindAsync(user.AccountId(), connection, cancellationToken) is { } item ? TypedResults.Ok(item) : TypedResults.NotFound();
    }

    private static async Task<Results<Ok<ConnectionItem>, NotFound, ProblemHttpResult>> RegisterAsync(
        Guid id, RegisterWebhook register, ListConnections list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        if (await list.FindAsync(user.AccountId(), id, cancellationToken) is null)
        {
            return TypedResults.NotFound();
        }

        return await register.RunAsync(user.AccountId(), id, RegisterWebhook.LongestOverlap, cancellationToken) is { } refusal
            ? refusal.Problem(context)
            : await list.FindAsync(user.AccountId(), id, cancellationToken) is { } connection ? TypedResults.Ok(connection) : TypedResults.NotFound();
    }

    private static Task<Results<Ok<DoctorAnswer>, NotFound>> ReadAsync(Guid id, ExamineConnection examine, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        ExamineAsync(id, examine, user, withTest: false, cancellationToken);

    private static Task<Results<Ok<DoctorAnswer>, NotFound>> CheckAsync(Guid id, ExamineConnection examine, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        ExamineAsync(id, examine, user, withTest: true, cancellationToken);

    private static async Task<Results<Ok<DoctorAnswer>, NotFound>> ExamineAsync(Guid id, ExamineConnection examine, ClaimsPrincipal user, bool withTest, CancellationToken cancellationToken) =>
        await examine.RunAsync(user.AccountId(), id, withTest, cancellationToken) is { } found
            ? TypedResults.Ok(new DoctorAnswer(found.Connection, [.. found.Checks.Select(c => new DoctorLine(c.Name, c.Result.ToString().ToLowerInvariant(), c.Finding, c.Fix, c.At))]))
            : TypedResults.NotFound();

    /// <param name="State">Of the sign-up, as its page has it in its address.</param>
    public sealed record SignupRequest(string? State);

    internal sealed record DoctorAnswer(ConnectionItem Connection, IReadOnlyList<DoctorLine> Checks);

    /// <param name="Check"><c>key</c>, <c>number</c>, <c>webhook</c>, <c>subscription</c>, <c>test_event</c>, <c>signature</c>, <c>last_event</c>, <c>last_send</c>, <c>quality</c> or <c>throughput</c>.</param>
    /// <param name="Result"><c>good</c>, <c>idle</c> (nothing known), <c>soon</c> (deserves a look) or <c>bad</c>.</param>
    internal sealed record DoctorLine(string Check, string Result, string Finding, string? Fix, DateTimeOffset? At);
}
