using AiBotKit.Accounts.Plans;

namespace AiBotKit.Dashboard.Plans;

/// <summary>A plan on its card.</summary>
/// <param name="Points">What it holds, and, with false, what it has not.</param>
public sealed record PlanCard(string Name, string Price, string? Yearly, IReadOnlyList<(string Text, bool Has)> Points, bool IsCurrent);

/// <summary>A limit and how much of it is used.</summary>
/// <param name="Share">0 to 100; null without a limit.</param>
public sealed record LimitView(string Name, string Words, int? Share);

/// <summary>Something that a plan has or has not.</summary>
/// <param name="From">The smallest plan that has it, when the account's has not.</param>
public sealed record FeatureView(string Name, bool Has, string? From);

/// <summary>Where to ask the operator.</summary>
/// <param name="Href">Null when it is no address.</param>
public sealed record ContactView(string? Href, string Text);

/// <summary>Puts plans into words. Pure.</summary>
internal static class PlanWords
{
    // Outgoing webhooks are a line of the plans already, and not built: a page must not sell them.
    private static readonly (PlanFeature Feature, string Name)[] Features =
    [
        (PlanFeature.Channels, "WhatsApp"), (PlanFeature.Handover, "Human handover"), (PlanFeature.LeadEmail, "Lead e-mails"), (PlanFeature.Security, "Banned words"),
    ];

    public static PlanCard Card(Plan plan, Plan current) => new(
        plan.Title,
        plan.PriceMonthly,
        plan.PriceYearly == plan.PriceMonthly ? null : plan.PriceYearly,
        [
            (plan.AiMessages is { } messages ? $"{UsageWords.Number(messages)} AI messages a month" : "AI messages without a limit", true),
            ($"{(plan.Chatbots is { } bots ? bots == 1 ? "1 chatbot" : $"{UsageWords.Number(bots)} chatbots" : "Any number of chatbots")}, {(plan.StorageCharacters is { } size ? $"{UsageWords.Short(size)} characters" : "any amount of knowledge")}", true),
            .. Features.Select(f => plan.Allows(f.Feature) ? (f.Name, true) : ("No " + (f.Name == "WhatsApp" ? f.Name : char.ToLowerInvariant(f.Name[0]) + f.Name[1..]), false)),
            plan.MostAddOns > 0 ? ($"Up to {plan.MostAddOns} of each add-on", true) : ("No add-ons", false),
        ],
        plan.Name == current.Name);

    public static IReadOnlyList<FeatureView> Has(AccountPlan plan, PlanCatalogue plans) =>
        [.. Features.Select(f => new FeatureView(f.Name, plan.Allows(f.Feature), plan.Allows(f.Feature) ? null : PlanRules.SmallestWith(plans.All, f.Feature)?.Title))];

    public static IReadOnlyList<LimitView> Limits(PlanPage page)
    {
        var plan = page.Usage.Plan;
        List<LimitView> limits =
        [
            Limit("Chatbots", page.Chatbots, plan.Plan.Chatbots, UsageWords.Number, ""),
            Limit("Knowledge", page.Characters, plan.StorageCharacters, UsageWords.Short, " characters"),
        ];
        if (plan.Plan.MostAddOns > 0)
        {
            limits.Add(AddOn("Extra messages", plan.ExtraMessageUnits, plan.Plan.MostAddOns));
            limits.Add(AddOn("Extra storage", plan.ExtraStorageUnits, plan.Plan.MostAddOns));
        }

        return limits;
    }

    /// <summary>An e-mail address and a web address become links, anything else is said as it is.</summary>
    public static ContactView? Contact(string? contact) => contact switch
    {
        null => null,
        _ when Uri.TryCreate(contact, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" => new(uri.ToString(), contact),
        _ when contact.Contains('@', StringComparison.Ordinal) && !contact.Any(char.IsWhiteSpace) => new("mailto:" + contact, contact),
        _ => new(null, contact),
    };

    private static LimitView Limit(string name, long used, long? limit, Func<long, string> write, string unit) => limit is { } most
        ? new(name, $"{write(used)} of {write(most)}{unit}", most == 0 ? 100 : (int)Math.Min(100, used * 100 / most))
        : new(name, $"{write(used)}{unit}, no limit", null);

    private static LimitView AddOn(string name, int units, int most) => new(name, $"{units} of {most} add-ons", units * 100 / most);
}
