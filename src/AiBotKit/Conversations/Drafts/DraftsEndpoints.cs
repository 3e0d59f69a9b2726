using System.Security.Claims;
using AiBotKit.Accounts;
using AiBotKit.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiBotKit.Conversations.Drafts;

/// <summary>Help for the person who has a conversation: a draft of the answer, and what it is about.</summary>
internal static class DraftsEndpoints
{
    public static void AddDrafts(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DraftReply>();
        builder.Services.AddSingleton<SummarizeConversation>();
    }

    public static void MapDrafts(this WebApplication app)
    {
        var api = app.MapGroup("/api/conversations/{id:guid}").WithTags("Conversations").RequireAuthorization();
        api.MapPost("/draft", DraftAsync).WithName("DraftReply").WithSummary("Lets the AI draft an answer for a person to send. Nothing is sent or counted; what the knowledge does not hold is refused.")
            .ProducesProblem(StatusCodes.Status402PaymentRequired).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapGet("/summary", SummaryAsync).WithName("SummarizeConversation").WithSummary("Says in a few lines what a conversation is about, for whoever takes it over. Costs no AI message.");
    }

    private static async Task<Results<Ok<DraftItem>, NotFound, ProblemHttpResult>> DraftAsync(Guid id, DraftReply draft, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken) =>
        await draft.RunAsync(user.AccountId(), id, context.Actor(), cancellationToken) switch
        {
            DraftResult.Made { Draft: var made } => TypedResults.Ok(made),
            DraftResult.NoneLeft { Problem: var problem } => TypedResults.Problem(problem.ToProblem(context)),
            DraftResult.Refused refused => TypedResults.Problem(ErrorAnswers.Problem(context, refused.Status, refused.Code, refused.Sentence)),
            _ => TypedResults.NotFound(),
        };

    private static async Task<Results<Ok<SummaryItem>, NotFound>> SummaryAsync(Guid id, SummarizeConversation summarize, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await summarize.RunAsync(user.AccountId(), id, anew: false, cancellationToken) is { } summary ? TypedResults.Ok(summary) : TypedResults.NotFound();
}
