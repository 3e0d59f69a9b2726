using System.Security.Claims;
using AiBotKit.Accounts;
using AiBotKit.Accounts.Plans;
using AiBotKit.Durability;
using AiBotKit.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AiBotKit.Channels;

/// <summary>What came in while a connection was paused.</summary>
internal static class PausedEndpoints
{
    public static void AddPausedMessages(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton<SwitchConnection>();
        builder.Services.AddSingleton<AnswerPaused>();
        builder.Services.AddSingleton<ReadPaused>();
    }

    public static void MapPausedMessages(this WebApplication app)
    {
        var api = app.MapGroup("/api/connections/{id:guid}").WithTags("Connections").RequireAuthorization(SignedIn.Owner);
        api.MapPost("/answer-paused", AnswerAsync).WithName("AnswerPaused")
            .WithSummary("Has the messages answered that came in while the connection was paused, each once, as far as their 24 hours are not over.")
            .ProducesProblem(StatusCodes.Status402PaymentRequired).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<AnsweredPause>, NotFound, ProblemHttpResult>> AnswerAsync(
        Guid id, AnswerPaused answer, PlanGate gate, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        var done = await answer.RunAsync(user.AccountId(), id, context.Actor());
        switch (done.Verdict)
        {
            case PausedVerdict.NotFound:
                return TypedResults.NotFound();
            case PausedVerdict.Plan when await gate.RequireAsync(user.AccountId(), PlanFeature.Channels, cancellationToken) is { } problem:
                return TypedResults.Problem(problem.ToProblem(context));
            case PausedVerdict.Done:
                return TypedResults.Ok(new AnsweredPause(done.Customers, done.Messages, done.Late, done.WithPerson));
            default:
                return TypedResults.Problem(ErrorAnswers.Problem(
                    context,
                    StatusCodes.Status409Conflict,
                    done.Verdict == PausedVerdict.Disconnected ? "disconnected" : "paused",
                    done.Verdict == PausedVerdict.Disconnected ? "The number is disconnected. Connect it, then have the messages answered." : "WhatsApp is switched off. Switch it on, then have the messages answered."));
        }
    }

    /// <param name="Customers">Whose messages are being answered now.</param>
    /// <param name="Messages">Their number.</param>
    /// <param name="Late">Customers who cannot be answered any more: their 24 hours are over.</param>
    /// <param name="WithPerson">Customers left to a person: AI replies are off there, or a person has written since.</param>
    internal sealed record AnsweredPause(int Customers, int Messages, int Late, int WithPerson);
}
