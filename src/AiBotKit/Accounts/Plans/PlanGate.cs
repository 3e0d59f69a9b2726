using AiBotKit.Hosting;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Mvc;

namespace AiBotKit.Accounts.Plans;

/// <summary>
/// Asks whether an account's plan allows something. Null is yes. The overloads on a context are for the inside of a write, where nothing can
/// change any more between the question and the act.
/// </summary>
internal sealed class PlanGate(ReadPlan read, PlanCatalogue plans)
{
    public async Task<PlanProblem?> RequireAsync(Guid accountId, PlanFeature feature, CancellationToken cancellationToken) =>
        Require(await read.RunAsync(accountId, cancellationToken), feature);

    public PlanProblem? Require(AppDbContext db, Guid accountId, PlanFeature feature) => Require(Of(db, accountId), feature);

    /// <param name="existing">Chatbots that the account has.</param>
    public async Task<PlanProblem?> AnotherChatbotAsync(Guid accountId, int existing, CancellationToken cancellationToken) =>
        AnotherChatbot(await read.RunAsync(accountId, cancellationToken), existing);

    /// <param name="existing">Chatbots that the account has.</param>
    public PlanProblem? AnotherChatbot(AppDbContext db, Guid accountId, int existing) => AnotherChatbot(Of(db, accountId), existing);

    /// <param name="count">Counts the characters of knowledge that the account has; asked only when the plan has a limit, because it reads them all.</param>
    /// <param name="adding">Characters to be added.</param>
    public async Task<PlanProblem?> StorageAsync(Guid accountId, Func<Task<long>> count, long adding, CancellationToken cancellationToken)
    {
        var has = await read.RunAsync(accountId, cancellationToken);
        if (has.StorageCharacters is not { } limit)
        {
            return null;
        }

        var used = await count();
        if (used + adding <= limit)
        {
            return null;
        }

        var wanted = plans.All.OrderBy(p => p.Rank).FirstOrDefault(p => p.StorageCharacters is null || used + adding <= p.StorageCharacters);
        return new PlanProblem(
            PlanProblem.LimitReached,
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The {has.Plan.Title} plan has room for {limit:N0} characters of knowledge; {used:N0} are used and this has {adding:N0}. {Upgrade(wanted)}"),
            has.Plan.Name,
            wanted?.Name);
    }

    private AccountPlan Of(AppDbContext db, Guid accountId) =>
        plans.Of(db.Set<Account>().FirstOrDefault(a => a.Id == accountId) ?? throw new InvalidOperationException("A plan was asked for of an account that does not exist."));

    private PlanProblem? Require(AccountPlan has, PlanFeature feature)
    {
        if (has.Allows(feature))
        {
            return null;
        }

        var wanted = PlanRules.SmallestWith(plans.All, feature);
        return new PlanProblem(PlanProblem.Required, $"{Words(feature)} not part of the {has.Plan.Title} plan. {Upgrade(wanted)}", has.Plan.Name, wanted?.Name);
    }

    private PlanProblem? AnotherChatbot(AccountPlan has, int existing)
    {
        if (PlanRules.HasRoom(has.Plan.Chatbots, existing))
        {
            return null;
        }

        var wanted = PlanRules.SmallestWithRoom(plans.All, existing);
        var most = has.Plan.Chatbots == 1 ? "one chatbot" : $"{has.Plan.Chatbots} chatbots";
        return new PlanProblem(PlanProblem.LimitReached, $"The {has.Plan.Title} plan has room for {most}. {Upgrade(wanted)}", has.Plan.Name, wanted?.Name);
    }

    private static string Upgrade(Plan? wanted) => wanted is null ? "No plan of this installation has it." : $"Move to {wanted.Title} to have it.";

    private static string Words(PlanFeature feature) => feature switch
    {
        PlanFeature.Channels => "WhatsApp is",
        PlanFeature.Handover => "Human handover is",
        PlanFeature.LeadEmail => "Lead e-mails are",
        PlanFeature.Webhooks => "Webhooks are",
        _ => "Banned words are",
    };
}

/// <summary>Why the plan does not allow it.</summary>
/// <param name="Code">Stable: <see cref="Required"/>, <see cref="LimitReached"/> or <see cref="NoneLeft"/>.</param>
/// <param name="Sentence">For people, with what to do.</param>
/// <param name="Plan">The account's plan.</param>
/// <param name="RequiredPlan">The smallest plan that allows it; null when none does.</param>
internal sealed record PlanProblem(string Code, string Sentence, string Plan, string? RequiredPlan)
{
    public const string Required = "PLAN_REQUIRED";
    public const string LimitReached = "PLAN_LIMIT_REACHED";

    /// <summary>The AI messages of the billing period are used.</summary>
    public const string NoneLeft = "QUOTA_EXHAUSTED";

    /// <summary>As an answer of the API: 402 with <c>plan</c> and <c>requiredPlan</c> beside the usual members.</summary>
    public ProblemDetails ToProblem(HttpContext context)
    {
        var problem = ErrorAnswers.Problem(context, StatusCodes.Status402PaymentRequired, Code, Sentence);
        problem.Extensions["plan"] = Plan;
        problem.Extensions["requiredPlan"] = RequiredPlan;
        return problem;
    }
}
