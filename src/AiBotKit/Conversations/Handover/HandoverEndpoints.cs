using System.Security.Claims;
using AiBotKit.Accounts;
using AiBotKit.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiBotKit.Conversations.Handover;

/// <summary>When a chatbot calls a person, over REST.</summary>
internal static class HandoverEndpoints
{
    public static void AddHandover(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IPersonCaller, PersonCaller>();
        builder.Services.AddSingleton<ReadHandover>();
        builder.Services.AddSingleton<ChangeHandover>();
    }

    public static void MapHandover(this WebApplication app)
    {
        app.MapGet("/api/chatbots/{id:guid}/handover", ReadAsync).WithTags("Chatbots").RequireAuthorization()
            .WithName("ReadHandover").WithSummary("Reads when a chatbot calls a person and what is said then.");
        app.MapPut("/api/chatbots/{id:guid}/handover", ChangeAsync).WithTags("Chatbots").RequireAuthorization(SignedIn.Owner)
            .WithName("ChangeHandover").WithSummary("Sets when a chatbot calls a person; what is left out has its default.").ProducesProblem(StatusCodes.Status402PaymentRequired);
    }

    private static async Task<Results<Ok<HandoverValues>, NotFound>> ReadAsync(Guid id, ReadHandover read, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await read.RunAsync(user.AccountId(), id, cancellationToken) is { } values ? TypedResults.Ok(values) : TypedResults.NotFound();

    private static async Task<Results<Ok<HandoverValues>, NotFound, ProblemHttpResult>> ChangeAsync(Guid id, HandoverRequest request, ChangeHandover change, HttpContext context) => request == new HandoverRequest()
        ? TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "nothing_to_change", "Name at least one thing to change."))
        : await change.RunAsync(context.User.AccountId(), id, request.Values(), context.Actor()) switch
        {
            HandoverChange.Done { Values: var values } => TypedResults.Ok(values),
            HandoverChange.NotInPlan { Problem: var problem } => TypedResults.Problem(problem.ToProblem(context)),
            HandoverChange.Invalid { Field: var field, Sentence: var sentence } => TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "invalid_handover", $"{field}: {sentence}")),
            _ => TypedResults.NotFound(),
        };

    /// <summary>When a person is called; what is left out has its default.</summary>
    /// <param name="Words">Further phrases that ask for a person, one a line or separated by commas.</param>
    /// <param name="AfterUnanswered">Unanswered questions in a row that call a person (default 2); 0 = never.</param>
    /// <param name="Message">Own words to the customer; empty = the product's, in the customer's language.</param>
    /// <param name="OpeningHours">Lines such as <c>mon 09:00-12:30</c> in the chatbot's time zone; empty = nothing is said of it.</param>
    /// <param name="Mails">Addresses that are told, one a line or separated by commas.</param>
    /// <param name="TakeoverMessage">Sent when a person takes over; <c>{name}</c> is theirs. Empty = not told.</param>
    /// <param name="HandbackMessage">Sent when the AI answers again. Empty = not told.</param>
    internal sealed record HandoverRequest(
        string? Words = null, int? AfterUnanswered = null, string? Message = null, string? OpeningHours = null, string? Mails = null, string? TakeoverMessage = null, string? HandbackMessage = null)
    {
        internal HandoverValues Values() => new(
            Words ?? "", AfterUnanswered ?? HandoverSettings.DefaultAfterUnanswered, Message ?? "", OpeningHours ?? "", Mails ?? "", TakeoverMessage ?? "", HandbackMessage ?? "");
    }
}
