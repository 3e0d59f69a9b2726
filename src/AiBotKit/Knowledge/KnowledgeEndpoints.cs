using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using AiBotKit.Accounts;
using AiBotKit.Chatbots;
using AiBotKit.Knowledge.Embedding;
using AiBotKit.Knowledge.Language;
using AiBotKit.Knowledge.Ranking;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Knowledge;

/// <summary>The knowledge feature's services and routes.</summary>
internal static class KnowledgeEndpoints
{
    public static void AddKnowledge(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<KnowledgeOptions>().BindConfiguration("Knowledge")
            .Validate(o => string.IsNullOrEmpty(o.Folder) || Directory.Exists(o.Folder), "Knowledge:Folder must be an existing folder, or empty for none.")
            .ValidateOnStart();
        services.AddSingleton(ModelFiles.BesideProgram);
        services.AddSingleton<LanguageIdentifier>();
        services.AddSingleton<SentenceEmbedder>();
        services.AddSingleton<ChunkVectors>();
        services.AddSingleton<KnowledgeSearch>();
        services.AddSingleton<Retrieval>();
        services.AddSingleton<KnowledgeReadiness>();
        services.AddSingleton<RemoveDocuments>();
        services.AddSingleton<StoreDocument>();
        services.AddSingleton<RecordGap>();
        services.AddSingleton<ImportFolder>();
        services.AddHostedService(provider => provider.GetRequiredService<ImportFolder>());
    }

    public static void MapKnowledge(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Knowledge").RequireAuthorization(policy =>
            policy.RequireAuthenticatedUser().RequireAssertion(context => Guid.TryParse(context.User.FindFirstValue(SignedIn.AccountClaim), out _)));
        group.MapPost("/api/knowledge/texts", AddTextAsync);
        group.MapPost("/api/knowledge/questions", AddQuestionAsync);
        group.MapGet("/api/gaps", ListGapsAsync);
    }

    private static async Task<Results<Ok<DocumentView>, ProblemHttpResult>> AddTextAsync(
        TextRequest request, ClaimsPrincipal user, ReadDb reads, StoreDocument store, CancellationToken cancellationToken)
    {
        if (Problem(request) is { } problem)
        {
            return problem;
        }

        if (await ChatbotAsync(reads, user, request.Chatbot, cancellationToken) is not { } chatbot)
        {
            return NoChatbot();
        }

        var document = new NewDocument(chatbot.AccountId, chatbot.Id, SourceKind.Text, request.Title.Trim(), request.Title.Trim(), "md", request.Text);
        var stored = await store.RunAsync(document, cancellationToken);
        return TypedResults.Ok(new DocumentView(stored.Id, stored.Changed));
    }

    private static async Task<Results<Ok<DocumentView>, ProblemHttpResult>> AddQuestionAsync(
        QuestionRequest request, ClaimsPrincipal user, ReadDb reads, StoreDocument store, CancellationToken cancellationToken)
    {
        if (Problem(request) is { } problem)
        {
            return problem;
        }

        if (await ChatbotAsync(reads, user, request.Chatbot, cancellationToken) is not { } chatbot)
        {
            return NoChatbot();
        }

        var question = request.Question.Trim();
        var answer = request.Answer.Trim();
        var document = new NewDocument(
            chatbot.AccountId, chatbot.Id, SourceKind.Questions, TextFolding.Fold(question), question, "txt", "Q: " + question + "\nA: " + answer, (question, answer));
        var stored = await store.RunAsync(document, cancellationToken);
        return TypedResults.Ok(new DocumentView(stored.Id, stored.Changed));
    }

    private static async Task<Results<Ok<GapPage>, ProblemHttpResult>> ListGapsAsync(
        ClaimsPrincipal user, ReadDb reads, CancellationToken cancellationToken, int limit = 50, string? cursor = null)
    {
        if (limit is < 1 or > 200 || GapCursor.Parse(cursor) is not { } after)
        {
            return TypedResults.Problem("limit must be 1 to 200, cursor the 'next' of an earlier page.", statusCode: 400, extensions: Code("invalid_page"));
        }

        await using var db = reads.Open();
        var account = user.AccountId();
        var gaps = await db.Set<Gap>().Where(g => g.AccountId == account && g.LastSeenAt <= after.LastSeenAt)
            .OrderByDescending(g => g.LastSeenAt).ThenByDescending(g => g.Id).Skip(after.Seen).Take(limit + 1).ToListAsync(cancellationToken);
        var items = gaps.Take(limit)
            .Select(g => new GapView(g.Id, g.ChatbotId, g.Question, g.Count, g.FirstSeenAt, g.LastSeenAt, g.ConversationId, g.Nearest.Split('\n', StringSplitOptions.RemoveEmptyEntries), g.Evidence))
            .ToList();
        return TypedResults.Ok(new GapPage(items, gaps.Count > limit ? after.Next(items.Select(g => g.LastSeenAt)).ToString() : null));
    }

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

    private static ProblemHttpResult? Problem(object request)
    {
        var errors = new List<ValidationResult>();
        return Validator.TryValidateObject(request, new ValidationContext(request), errors, true)
            ? null
            : TypedResults.Problem(string.Join(" ", errors.Select(e => e.ErrorMessage)), statusCode: 400, extensions: Code("invalid_knowledge"));
    }

    private static ProblemHttpResult NoChatbot() =>
        TypedResults.Problem("There is no such chatbot in this account.", statusCode: 404, extensions: Code("chatbot_not_found"));

    private static Dictionary<string, object?> Code(string code) => new() { ["code"] = code };

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

    private sealed record DocumentView(Guid Id, bool Changed);

    private sealed record GapView(
        Guid Id, Guid ChatbotId, string Question, int Count, DateTimeOffset FirstSeenAt, DateTimeOffset LastSeenAt, Guid? ConversationId, IReadOnlyList<string> Nearest, double Evidence);

    private sealed record GapPage(IReadOnlyList<GapView> Items, string? Next);
}
