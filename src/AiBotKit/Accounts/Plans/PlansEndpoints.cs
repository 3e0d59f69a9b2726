using System.Security.Claims;
using AiBotKit.Hosting;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Hosting.Paging;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiBotKit.Accounts.Plans;

/// <summary>Plans, and what is used of them.</summary>
internal static class PlansEndpoints
{
    public static void AddPlans(this WebApplicationBuilder builder, SettingsReader settings)
    {
        builder.Services.AddSingleton(PlanCatalogue.Read(settings));
        builder.Services.AddSingleton<ReadPlan>();
        builder.Services.AddSingleton<PlanGate>();
        builder.Services.AddHostedService<ApplyPlans>();
        builder.Services.AddSingleton<ReadUsage>();
        builder.Services.AddSingleton<SetPlan>();
        builder.Services.AddSingleton<ListAccounts>();
        builder.Services.AddSingleton<TellUsage>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<TellUsage>());
    }

    public static void MapPlans(this WebApplication app)
    {
        var api = app.MapGroup("/api").WithTags("Plans");
        api.MapGet("/plans", ListAsync).RequireAuthorization().WithName("ListPlans").WithSummary("Lists the plans of this installation, the smallest first, and the account's own.");
        api.MapGet("/usage", UsageAsync).RequireAuthorization().WithName("ReadUsage").WithSummary("The account's plan and its AI messages of this billing period; no limit is null.");
        api.MapGet("/accounts", AccountsAsync).RequireAuthorization(SignedIn.Operator).WithName("ListAccounts").WithSummary("Lists all accounts with plan and usage, the latest first.");
        api.MapPut("/accounts/{id:guid}/plan", SetAsync).RequireAuthorization(SignedIn.Operator).WithName("SetPlan")
            .WithSummary("Gives an account another plan or other add-ons. Another plan begins a billing period; one without channels pauses the account's numbers, one with channels resumes them.");
    }

    private static async Task<Ok<PlanList>> ListAsync(PlanCatalogue plans, ReadPlan read, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        TypedResults.Ok(new PlanList([.. plans.All.Select(Item)], (await read.RunAsync(user.AccountId(), cancellationToken)).Plan.Name, plans.OperatorContact));

    private static async Task<Ok<UsageItem>> UsageAsync(ReadUsage read, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        TypedResults.Ok(UsageItem.Of(await read.RunAsync(user.AccountId(), cancellationToken)));

    private static async Task<Results<Ok<Page<AccountItem>>, ProblemHttpResult>> AccountsAsync(
        ListAccounts list, HttpContext context, CancellationToken cancellationToken, string? limit = null, string? cursor = null) =>
        PageRequest.TryParse(limit, cursor, out var page) ? TypedResults.Ok(await list.RunAsync(page, cancellationToken)) : TypedResults.Problem(PageRequest.Problem(context));

    private static async Task<Results<Ok<AccountItem>, NotFound, ProblemHttpResult>> SetAsync(
        Guid id, PlanBody body, SetPlan set, ListAccounts list, HttpContext context, CancellationToken cancellationToken)
    {
        var answer = await set.RunAsync(id, body.Plan, body.ExtraMessageUnits, body.ExtraStorageUnits, context.Actor(), cancellationToken);
        if (answer is { Problem: { } problem })
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "bad_request", problem));
        }

        return answer is not null && await list.FindAsync(id, cancellationToken) is { } account ? TypedResults.Ok(account) : TypedResults.NotFound();
    }

    private static PlanItem Item(Plan plan) => new(
        plan.Name,
        plan.Title,
        plan.AiMessages,
        plan.Chatbots,
        plan.StorageCharacters,
        new PlanFeatures(
            plan.Allows(PlanFeature.Channels), plan.Allows(PlanFeature.Handover), plan.Allows(PlanFeature.LeadEmail), plan.Allows(PlanFeature.Webhooks), plan.Allows(PlanFeature.Security)),
        plan.MostAddOns,
        plan.PriceMonthly,
        plan.PriceYearly);

    /// <summary>The plan that an account is to have.</summary>
    /// <param name="Plan">Name of a plan.</param>
    /// <param name="ExtraMessageUnits">Units of 1,000 AI messages; left out: as many as before, if the plan allows them.</param>
    /// <param name="ExtraStorageUnits">Units of 5 million characters; left out: as many as before, if the plan allows them.</param>
    public sealed record PlanBody(string? Plan, int? ExtraMessageUnits, int? ExtraStorageUnits);

    /// <param name="Current">Name of the account's plan.</param>
    /// <param name="OperatorContact">Whom to ask for another one.</param>
    internal sealed record PlanList(IReadOnlyList<PlanItem> Items, string Current, string? OperatorContact);

    /// <summary>A plan; a number that is null has no limit.</summary>
    /// <param name="Title">Its name for people.</param>
    /// <param name="MostAddOns">Most units of each add-on.</param>
    internal sealed record PlanItem(
        string Name, string Title, long? AiMessages, long? Chatbots, long? StorageCharacters, PlanFeatures Features, int MostAddOns, string PriceMonthly, string PriceYearly);

    /// <summary>What a plan has.</summary>
    internal sealed record PlanFeatures(bool Channels, bool Handover, bool LeadEmail, bool Webhooks, bool Security);
}
