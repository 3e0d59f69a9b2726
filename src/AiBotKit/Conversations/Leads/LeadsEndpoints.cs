using System.ComponentModel;
using System.Globalization;
using System.Security.Claims;
using AiBotKit.Accounts;
using AiBotKit.Assistant;
using AiBotKit.Hosting;
using AiBotKit.Knowledge.Embedding;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiBotKit.Conversations.Leads;

/// <summary>Lead forms and leads over REST.</summary>
internal static class LeadsEndpoints
{
    public static void AddLeads(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LeadMails>();
        builder.Services.AddSingleton(provider => new LeadTalks(
            provider.GetRequiredService<ReadChatbot>(), text => provider.GetRequiredService<LanguageIdentifier>().Identify(text).Language, provider.GetRequiredService<LeadMails>()));
        builder.Services.AddSingleton<ReadLeadForm>();
        builder.Services.AddSingleton<ChangeLeadForm>();
        builder.Services.AddSingleton<ListLeads>();
        builder.Services.AddSingleton<ExportLeads>();
    }

    public static void MapLeads(this WebApplication app)
    {
        var read = app.MapGroup("/api").WithTags("Leads").RequireAuthorization();
        read.MapGet("/leads", ListAsync).WithName("ListLeads").WithSummary("Lists leads, the latest first, ten a page.");
        read.MapGet("/leads.csv", CsvAsync).WithName("ExportLeadsAsCsv").WithSummary("All leads of the filter as CSV (RFC 4180, UTF-8 with a byte order mark).").Produces<string>(StatusCodes.Status200OK, "text/csv");
        read.MapGet("/leads.xlsx", ExcelAsync).WithName("ExportLeadsAsExcel").WithSummary("All leads of the filter as an Excel workbook.").Produces<string>(StatusCodes.Status200OK, ExportLeads.ExcelType);
        read.MapGet("/chatbots/{id:guid}/lead-form", ReadFormAsync).WithName("ReadLeadForm").WithSummary("Reads the lead form of a chatbot.");
        app.MapGroup("/api").WithTags("Leads").RequireAuthorization(SignedIn.Owner).MapPut("/chatbots/{id:guid}/lead-form", SetFormAsync).WithName("SetLeadForm")
            .WithSummary("Sets the lead form of a chatbot as a whole; what is left out has its default. The next message follows it.").ProducesProblem(StatusCodes.Status402PaymentRequired);
    }

    private static async Task<Results<Ok<LeadPage>, NotFound, ProblemHttpResult>> ListAsync(
        ListLeads list,
        ClaimsPrincipal user,
        HttpContext context,
        CancellationToken cancellationToken,
        [Description("Part of a name, an e-mail address, a number or an answer.")] string? q = null,
        [Description("1 is the first.")] string? page = null,
        [Description("Leads of this chatbot only.")] Guid? chatbotId = null)
    {
        var number = 1;
        if (page is not null && (!int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number is < 1 or > 1_000_000))
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "bad_page", "page must be a whole number from 1 on."));
        }

        var filter = LeadFilter.Of(user.AccountId(), chatbotId, q);
        return await list.KnowsAsync(filter, cancellationToken) ? TypedResults.Ok(await list.RunAsync(filter, number, cancellationToken)) : TypedResults.NotFound();
    }

    private static async Task<Results<PushStreamHttpResult, NotFound>> CsvAsync(
        ExportLeads export, ListLeads list, ClaimsPrincipal user, CancellationToken cancellationToken, string? q = null, Guid? chatbotId = null)
    {
        var filter = LeadFilter.Of(user.AccountId(), chatbotId, q);
        return await list.KnowsAsync(filter, cancellationToken)
            ? TypedResults.Stream(to => export.WriteCsvAsync(filter, to, cancellationToken), ExportLeads.CsvType, "leads.csv")
            : TypedResults.NotFound();
    }

    private static async Task<Results<PushStreamHttpResult, NotFound>> ExcelAsync(
        ExportLeads export, ListLeads list, ClaimsPrincipal user, CancellationToken cancellationToken, string? q = null, Guid? chatbotId = null)
    {
        var filter = LeadFilter.Of(user.AccountId(), chatbotId, q);
        return await list.KnowsAsync(filter, cancellationToken)
            ? TypedResults.Stream(to => export.WriteExcelAsync(filter, to, cancellationToken), ExportLeads.ExcelType, "leads.xlsx")
            : TypedResults.NotFound();
    }

    private static async Task<Results<Ok<LeadFormValues>, NotFound>> ReadFormAsync(Guid id, ReadLeadForm read, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await read.RunAsync(user.AccountId(), id, cancellationToken) is { } form ? TypedResults.Ok(form) : TypedResults.NotFound();

    private static async Task<Results<Ok<LeadFormValues>, NotFound, ProblemHttpResult>> SetFormAsync(Guid id, LeadFormRequest request, ChangeLeadForm change, HttpContext context)
    {
        if (request.Enabled is not { } enabled)
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "invalid_lead_form", "enabled: Say true or false."));
        }

        return await change.RunAsync(context.User.AccountId(), id, request.Values(enabled), context.Actor()) switch
        {
            LeadFormChange.Done { Values: var values } => TypedResults.Ok(values),
            LeadFormChange.NotInPlan { Problem: var problem } => TypedResults.Problem(problem.ToProblem(context)),
            LeadFormChange.Invalid { Field: var field, Sentence: var sentence } => TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "invalid_lead_form", $"{field}: {sentence}")),
            _ => TypedResults.NotFound(),
        };
    }

    /// <summary>A lead form; null is the default.</summary>
    /// <param name="Position"><c>start</c>, <c>after_first_answer</c> or <c>end</c>.</param>
    /// <param name="Heading">Said before the first question; empty = a default in the customer's language, as for all texts here.</param>
    /// <param name="OwnFields">At most 5 questions of your own.</param>
    /// <param name="Consent">Ask for consent first; without it nothing is stored.</param>
    /// <param name="SuccessWithName"><c>{user_name}</c> stands for the name.</param>
    /// <param name="Notify">Send a mail for each lead.</param>
    /// <param name="Recipients">At most 5 e-mail addresses.</param>
    public sealed record LeadFormRequest(
        bool? Enabled = null,
        LeadPosition? Position = null,
        string? Heading = null,
        bool? AskName = null,
        bool? AskEmail = null,
        bool? AskPhone = null,
        IReadOnlyList<string>? OwnFields = null,
        bool? Consent = null,
        string? ConsentText = null,
        string? SuccessWithName = null,
        string? SuccessWithoutName = null,
        bool? Notify = null,
        IReadOnlyList<string>? Recipients = null)
    {
        internal LeadFormValues Values(bool enabled)
        {
            var standard = LeadFormValues.New;
            return new(
                enabled, Position ?? standard.Position, Heading ?? "", AskName ?? standard.AskName, AskEmail ?? standard.AskEmail, AskPhone ?? standard.AskPhone, [.. (OwnFields ?? []).Select(f => f ?? "")], Consent ?? false, ConsentText ?? "",
                SuccessWithName ?? "", SuccessWithoutName ?? "", Notify ?? false, [.. (Recipients ?? []).Select(r => r ?? "")]);
        }
    }
}
