using AiBotKit.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiBotKit.Accounts.Emails;

/// <summary>One's own e-mail over REST; a person's right, no key's: the password is asked for.</summary>
internal static class EmailEndpoints
{
    public static void Map(WebApplication app) => app.MapPost("/api/email-change", AskAsync).WithTags("Accounts").RequireAuthorization().WithName("AskEmailChange")
        .WithSummary("Sends a link to the address that the signed-in person wants to sign in with; the change happens when it is used, within an hour.")
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<Results<Accepted, ProblemHttpResult>> AskAsync(EmailRequest request, AskEmailChange ask, HttpContext context)
    {
        if (PersonRules.EmailProblem(PersonRules.Email(request.Email)) is not null)
        {
            return Refused(context, StatusCodes.Status400BadRequest, "invalid_email", "That is no e-mail address.");
        }

        if (context.User.PersonId() is not { } person)
        {
            return Refused(context, StatusCodes.Status403Forbidden, "forbidden", "An API key has no e-mail. Sign in as a person.");
        }

        return await ask.RunAsync(context.User.AccountId(), person, request.Email, request.Password ?? "", context.Actor()) switch
        {
            null => TypedResults.Accepted((string?)null),
            "same" => Refused(context, StatusCodes.Status409Conflict, "same_email", "This is your e-mail already."),
            "rate" => Refused(context, StatusCodes.Status429TooManyRequests, "too_many_requests", BareAnswers.Of(StatusCodes.Status429TooManyRequests).Title),
            _ => Refused(context, StatusCodes.Status403Forbidden, "wrong_password", "The password is not right."),
        };
    }

    private static ProblemHttpResult Refused(HttpContext context, int status, string code, string title) => TypedResults.Problem(ErrorAnswers.Problem(context, status, code, title));

    /// <param name="Email">The new address.</param>
    /// <param name="Password">The present password.</param>
    public sealed record EmailRequest(string? Email, string? Password);
}
