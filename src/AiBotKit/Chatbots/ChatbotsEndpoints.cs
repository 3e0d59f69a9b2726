using System.Security.Claims;
using AiBotKit.Accounts;
using AiBotKit.Hosting;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Hosting.Paging;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiBotKit.Chatbots;

/// <summary>The bots of an account.</summary>
internal static class ChatbotsEndpoints
{
    public static void AddChatbots(this WebApplicationBuilder builder, SettingsReader settings)
    {
        builder.Services.AddSingleton(ChatbotsOptions.Read(settings));
        builder.Services.AddHostedService<SeedChatbots>();
        builder.Services.AddSingleton<ListChatbots>();
        builder.Services.AddSingleton<CreateChatbot>();
        builder.Services.AddSingleton<ChangeChatbot>();
        builder.Services.AddSingleton<DeleteChatbot>();
    }

    public static void MapChatbots(this WebApplication app)
    {
        var read = app.MapGroup("/api").WithTags("Chatbots").RequireAuthorization();
        read.MapGet("/chatbots", ListAsync).WithName("ListChatbots").WithSummary("Lists the chatbots of the account, the latest first.");
        read.MapGet("/chatbots/{id:guid}", ReadAsync).WithName("ReadChatbot").WithSummary("Reads one chatbot.");
        var write = app.MapGroup("/api").WithTags("Chatbots").RequireAuthorization(SignedIn.Owner);
        write.MapPost("/chatbots", CreateAsync).WithName("CreateChatbot").WithSummary("Makes a chatbot; what is left out has its default.").ProducesProblem(StatusCodes.Status402PaymentRequired).ProducesProblem(StatusCodes.Status409Conflict);
        write.MapPatch("/chatbots/{id:guid}", ChangeAsync).WithName("ChangeChatbot").WithSummary("Changes what is given; the next answer follows it.").ProducesProblem(StatusCodes.Status402PaymentRequired).ProducesProblem(StatusCodes.Status409Conflict);
        write.MapDelete("/chatbots/{id:guid}", DeleteAsync).WithName("DeleteChatbot").WithSummary("Disconnects its number and removes its knowledge; its conversations stay readable.");
    }

    private static async Task<Results<Ok<Page<ChatbotItem>>, ProblemHttpResult>> ListAsync(
        ListChatbots list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken, string? limit = null, string? cursor = null) =>
        PageRequest.TryParse(limit, cursor, out var page) ? TypedResults.Ok(await list.RunAsync(user.AccountId(), page, cancellationToken)) : TypedResults.Problem(PageRequest.Problem(context));

    private static async Task<Results<Ok<ChatbotItem>, NotFound>> ReadAsync(Guid id, ListChatbots list, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await list.FindAsync(user.AccountId(), id, cancellationToken) is { } chatbot ? TypedResults.Ok(ChatbotItem.Of(chatbot)) : TypedResults.NotFound();

    private static async Task<Results<Created<ChatbotItem>, ProblemHttpResult>> CreateAsync(ChatbotRequest request, CreateChatbot create, HttpContext context)
    {
        var done = await create.RunAsync(context.User.AccountId(), request.Over(ChatbotValues.New("")), context.Actor());
        return done is ChatbotChange.Done { Chatbot: var made } ? TypedResults.Created($"/api/chatbots/{made.Id}", ChatbotItem.Of(made)) : Refused(done, context);
    }

    private static async Task<Results<Ok<ChatbotItem>, NotFound, ProblemHttpResult>> ChangeAsync(Guid id, ChatbotRequest request, ChangeChatbot change, HttpContext context)
    {
        if (request == new ChatbotRequest())
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "nothing_to_change", "Name at least one thing to change."));
        }

        var done = await change.RunAsync(context.User.AccountId(), id, request.Over, context.Actor());
        return done switch
        {
            ChatbotChange.Done { Chatbot: var changed } => TypedResults.Ok(ChatbotItem.Of(changed)),
            ChatbotChange.NotFound => TypedResults.NotFound(),
            _ => Refused(done, context),
        };
    }

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(Guid id, DeleteChatbot delete, HttpContext context, CancellationToken cancellationToken) =>
        await delete.RunAsync(context.User.AccountId(), id, context.Actor(), cancellationToken) ? TypedResults.NoContent() : TypedResults.NotFound();

    private static ProblemHttpResult Refused(ChatbotChange change, HttpContext context) => TypedResults.Problem(change switch
    {
        ChatbotChange.NotInPlan { Problem: var problem } => problem.ToProblem(context),
        ChatbotChange.Invalid { Sentence: var sentence, Field: var field } => ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "invalid_chatbot", $"{field}: {sentence}"),
        _ => ErrorAnswers.Problem(context, StatusCodes.Status409Conflict, "chatbot_name_taken", "Another chatbot of the account has this name."),
    });

    /// <summary>What may be said of a chatbot; null leaves it as it is, or at its default in a new one.</summary>
    /// <param name="Language">ISO 639-1 code, or <c>auto</c> for the customer's own.</param>
    /// <param name="BannedWords">One a line or separated by commas; parts of words count. Empty = off.</param>
    /// <param name="TakeoverHours">Hours without a message of a person after which a takeover ends; 0 = only when it is handed back.</param>
    internal sealed record ChatbotRequest(
        string? Name = null,
        string? Instructions = null,
        ChatbotTone? Tone = null,
        string? Language = null,
        string? TimeZone = null,
        string? FallbackMessage = null,
        string? Disclosure = null,
        AnswerScope? AnswerScope = null,
        string? BannedWords = null,
        string? BannedWordsMessage = null,
        int? TakeoverHours = null)
    {
        internal ChatbotValues Over(ChatbotValues values) => new(
            Name ?? values.Name,
            Instructions ?? values.Instructions,
            Tone ?? values.Tone,
            Language ?? values.Language,
            TimeZone ?? values.TimeZone,
            FallbackMessage ?? values.FallbackMessage,
            Disclosure ?? values.Disclosure,
            AnswerScope ?? values.AnswerScope,
            BannedWords ?? values.BannedWords,
            BannedWordsMessage ?? values.BannedWordsMessage,
            TakeoverHours ?? values.TakeoverHours);
    }
}
