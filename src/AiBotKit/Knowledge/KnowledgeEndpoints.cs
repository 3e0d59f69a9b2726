using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using AiBotKit.Accounts;
using AiBotKit.Chatbots;
using AiBotKit.Hosting;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Hosting.Paging;
using AiBotKit.Knowledge.Embedding;
using AiBotKit.Knowledge.Ranking;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Knowledge;

/// <summary>The knowledge feature's services and routes.</summary>
internal static class KnowledgeEndpoints
{
    public static void AddKnowledge(this WebApplicationBuilder builder, SettingsReader settings)
    {
        var services = builder.Services;
        services.AddSingleton(KnowledgeOptions.Read(settings));
        services.AddSingleton(ModelFiles.BesideProgram);
        services.AddSingleton<LanguageIdentifier>();
        services.AddSingleton<SentenceEmbedder>();
        services.AddSingleton<ChunkVectors>();
        services.AddSingleton<KnowledgeSearch>();
        services.AddSingleton<Retrieval>();
        services.AddSingleton<KnowledgeReadiness>();
        services.AddSingleton<KnowledgeChanges>();
        services.AddSingleton<RemoveDocuments>();
        services.AddSingleton<RemoveDocument>();
        services.AddSingleton<ReleaseOfChatbot>(provider => provider.GetRequiredService<RemoveDocuments>().AllOfAsync);
        services.AddSingleton<ListDocuments>();
        services.AddSingleton<StoreDocument>();
        services.AddSingleton<RecordGap>();
        services.AddSingleton<ListGaps>();
        services.AddSingleton<CloseGap>();
        services.AddSingleton<TeachQuestion>();
        services.AddSingleton<ImportFolder>();
        services.AddHostedService(provider => provider.GetRequiredService<ImportFolder>());
    }

    public static void MapKnowledge(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Knowledge").RequireAuthorization();
        group.MapPost("/api/knowledge/texts", AddTextAsync).WithName("AddText").WithSummary("Adds a text to answer from; one with the same title is replaced.").ProducesProblem(StatusCodes.Status402PaymentRequired).RequireAuthorization(SignedIn.Owner);
        group.MapPost("/api/knowledge/questions", AddQuestionAsync).WithName("AddQuestion").WithSummary("Adds a question with its answer; one with the same question is replaced.").ProducesProblem(StatusCodes.Status402PaymentRequired).RequireAuthorization(SignedIn.Owner);
        group.MapGet("/api/knowledge/documents", ListDocumentsAsync).WithName("ListDocuments").WithSummary("Lists the documents that chatbots answer from, the latest change first.");
        group.MapDelete("/api/knowledge/documents/{id:guid}", RemoveDocumentAsync).WithName("RemoveDocument").WithSummary("Takes a document out of the knowledge; after the answer it is not found any more.")
            .ProducesProblem(StatusCodes.Status409Conflict).RequireAuthorization(SignedIn.Owner);
        group.MapGet("/api/gaps", ListGapsAsync).WithName("ListGaps").WithSummary("Lists questions that the knowledge could not answer, the latest first.");
        group.MapDelete("/api/gaps/{id:guid}", CloseGapAsync).WithName("CloseGap").WithSummary("Takes a question off the list; it comes back when it is asked again.").RequireAuthorization(SignedIn.Owner);
    }

    private static async Task<Results<Ok<DocumentView>, ProblemHttpResult>> AddTextAsync(
        TextRequest request, ClaimsPrincipal user, HttpContext context, ReadDb reads, StoreDocument store, CancellationToken cancellationToken)
    {
        if (Problem(request, context) is { } problem)
        {
            return problem;
        }

        if (await ChatbotAsync(reads, user, request.Chatbot, cancellationToken) is not { } chatbot)
        {
            return NoChatbot(context);
        }

        var stored = await store.RunAsync(NewDocument.Text(chatbot.AccountId, chatbot.Id, request.Title, request.Text), cancellationToken);
        return stored.Problem is { } full ? TypedResults.Problem(full.ToProblem(context)) : TypedResults.Ok(new DocumentView(stored.Id, stored.Changed));
    }

    private static async Task<Results<Ok<DocumentView>, ProblemHttpResult>> AddQuestionAsync(
        QuestionRequest request, ClaimsPrincipal user, HttpContext context, ReadDb reads, TeachQuestion teach, CancellationToken cancellationToken)
    {
        if (Problem(request, context) is { } problem)
        {
            return problem;
        }

        if (await ChatbotAsync(reads, user, request.Chatbot, cancellationToken) is not { } chatbot)
        {
            return NoChatbot(context);
        }

        var stored = await teach.RunAsync(chatbot.AccountId, chatbot.Id, request.Question, request.Answer, null, cancellationToken);
        return stored.Problem is { } full ? TypedResults.Problem(full.ToProblem(context)) : TypedResults.Ok(new DocumentView(stored.Id, stored.Changed));
    }

    private static async Task<Results<Ok<Page<DocumentItem>>, ProblemHttpResult>> ListDocumentsAsync(
        ListDocuments list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken, string? limit = null, string? cursor = null) =>
        PageRequest.TryParse(limit, cursor, out var page) ? TypedResults.Ok(await list.RunAsync(user.AccountId(), page, cancellationToken)) : TypedResults.Problem(PageRequest.Problem(context));

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> RemoveDocumentAsync(
        Guid id, RemoveDocument remove, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken) =>
        await remove.RunAsync(user.AccountId(), id, context.Actor(), cancellationToken) switch
        {
            RemovedDocument.Removed => TypedResults.NoContent(),
            RemovedDocument.NotFound => TypedResults.NotFound(),
            _ => TypedResults.Problem(ErrorAnswers.Problem(
                context, StatusCodes.Status409Conflict, "from_folder", "This document is a file of Knowledge:Folder. Delete the file: at the next start the document goes with it.")),
        };

    private static async Task<Results<Ok<Page<GapItem>>, ProblemHttpResult>> ListGapsAsync(
        ListGaps list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken, string? limit = null, string? cursor = null) =>
        PageRequest.TryParse(limit, cursor, out var page) ? TypedResults.Ok(await list.RunAsync(user.AccountId(), page, cancellationToken)) : TypedResults.Problem(PageRequest.Problem(context));

    private static async Task<Results<NoContent, NotFound>> CloseGapAsync(Guid id, CloseGap close, ClaimsPrincipal user) =>
        await close.RunAsync(user.AccountId(), id) ? TypedResults.NoContent() : TypedResults.NotFound();

    private static async Task<Chatbot?> ChatbotAsync(ReadDb reads, ClaimsPrincipal user, string? idOrName, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var account = user.AccountId();
        var chatbots = db.Set<Chatbot>().Where(c => c.AccountId == account);
        if (idOrName is null)
        {
            return await chatbots.OrderBy(c => c.CreatedAt).ThenBy(c => c.Id).FirstOrDefaultAsync(cancellationToken);
        }

        return Guid.TryParse(idOrName, out var id)
            ? await chatbots.FirstOrDefaultAsync(c => c.Id == id, cancellationToken)
            : await chatbots.FirstOrDefaultAsync(c => c.Name == idOrName, cancellationToken);
    }

    private static ProblemHttpResult? Problem(object request, HttpContext context)
    {
        var errors = new List<ValidationResult>();
        return Validator.TryValidateObject(request, new ValidationContext(request), errors, true)
            ? null
            : TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "invalid_knowledge", string.Join(" ", errors.Select(e => e.ErrorMessage))));
    }

    private static ProblemHttpResult NoChatbot(HttpContext context) =>
        TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status404NotFound, "chatbot_not_found", "There is no such chatbot in this account."));

    /// <summary>A text to answer from; one with the same title is replaced. Markdown is understood.</summary>
    /// <param name="Chatbot">Id or name; the first chatbot when left out.</param>
    public sealed record TextRequest(
        [property: Required, StringLength(200, MinimumLength = 1)] string Title,
        [property: Required, StringLength(2_000_000, MinimumLength = 1)] string Text,
        [property: StringLength(200)] string? Chatbot = null);

    /// <summary>A question with its answer, quoted as written; one with the same question is replaced.</summary>
    /// <param name="Chatbot">Id or name; the first chatbot when left out.</param>
    public sealed record QuestionRequest(
        [property: Required, StringLength(500, MinimumLength = 1)] string Question,
        [property: Required, StringLength(4_000, MinimumLength = 1)] string Answer,
        [property: StringLength(200)] string? Chatbot = null);

    internal sealed record DocumentView(Guid Id, bool Changed);
}
