using System.Globalization;
using AiBotKit.Hosting.Configuration;

namespace AiBotKit.Accounts.Plans;

/// <summary>
/// The plans of this installation: five names, whose every number and price the configuration may set. Nothing of a plan is written into
/// the code that asks for it.
/// </summary>
internal sealed class PlanCatalogue
{
    /// <summary>For who runs the server for their own business: no limits, and usage is counted all the same.</summary>
    public const string Unlimited = "Unlimited";

    private const string NoLimit = "unlimited";
    private const long Largest = 1_000_000_000_000;
    private const PlanFeature Paid = PlanFeature.Channels;

    // Numbers as the service had them that this product's plans are modelled on; the operator's configuration rules.
    private static readonly Plan[] Seeds =
    [
        Seed("Free", 0, 50, 1, 500_000, PlanFeature.None, 0, "$0", "$0"),
        Seed("Basic", 1, 300, 3, 10_000_000, Paid, 10, "$5 a month", "$4 a month, paid yearly"),
        Seed("Essential", 2, 2_000, 6, 20_000_000, PlanFeature.All, 10, "$20 a month", "$16 a month, paid yearly"),
        Seed("Business", 3, 5_000, 10, 30_000_000, PlanFeature.All, 10, "$40 a month", "$32 a month, paid yearly"),
        Seed(Unlimited, 4, null, null, null, PlanFeature.All, 0, "Your own server", "Your own server") with { Title = "Unlimited (self-hosted)" },
    ];

    private static readonly string Names = string.Join(", ", Seeds[..^1].Select(p => p.Name)) + " or " + Unlimited;

    private PlanCatalogue(IReadOnlyList<Plan> all, Plan standard, string? contact) => (All, Default, OperatorContact) = (all, standard, contact);

    /// <summary>From the smallest to the largest.</summary>
    public IReadOnlyList<Plan> All { get; }

    /// <summary>The plan of every new account.</summary>
    public Plan Default { get; }

    /// <summary>Whom people ask for another plan: an address, or a sentence; null when the operator has not said.</summary>
    public string? OperatorContact { get; }

    public static PlanCatalogue Read(SettingsReader settings)
    {
        List<Plan> all = [.. Seeds.Select(seed => Read(settings, seed))];
        var name = settings.Text("Plans:Default") ?? Unlimited;
        var standard = all.Find(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (standard is null)
        {
            settings.Refuse("Plans:Default", Names);
        }

        var contact = settings.Text("Plans:OperatorContact", 200);
        settings.RefuseUnknown("Plans");
        return new PlanCatalogue(all, standard ?? all[^1], contact);
    }

    /// <summary>Whatever its case; null when there is none of that name.</summary>
    public Plan? Find(string? name) => All.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The plan of a stored name. One that is not known any more holds as little as the smallest.</summary>
    public Plan Of(string name) => Find(name) ?? All[0];

    /// <summary>The plans that have a feature, in words and from the smallest: "Basic, Essential and Business". Null when none has it. Not the one for who runs the server.</summary>
    public string? NamesWith(PlanFeature feature)
    {
        List<string> names = [.. All.Where(p => p.Name != Unlimited && p.Allows(feature)).Select(p => p.Title)];
        return names switch { [] => null, [var only] => only, _ => $"{string.Join(", ", names[..^1])} and {names[^1]}" };
    }

    /// <summary>What an account has by its row.</summary>
    public AccountPlan Of(Account account) => new(account.Id, Of(account.Plan), account.PlanStartedAt, account.ExtraMessageUnits, account.ExtraStorageUnits);

    private static Plan Read(SettingsReader settings, Plan seed)
    {
        var at = $"Plans:{seed.Name}";
        var features = PlanFeature.None;
        foreach (var feature in Enum.GetValues<PlanFeature>().Where(f => f is not (PlanFeature.None or PlanFeature.All)))
        {
            features |= settings.Flag($"{at}:{feature}", seed.Allows(feature)) ? feature : PlanFeature.None;
        }

        return seed with
        {
            AiMessages = Limit(settings, $"{at}:AiMessages", seed.AiMessages),
            Chatbots = Limit(settings, $"{at}:Chatbots", seed.Chatbots),
            StorageCharacters = Limit(settings, $"{at}:StorageCharacters", seed.StorageCharacters),
            Features = features,
            MostAddOns = settings.Whole($"{at}:MostAddOns", seed.MostAddOns, 0, PlanRules.MostAddOns),
            PriceMonthly = settings.Text($"{at}:PriceMonthly", 60) ?? seed.PriceMonthly,
            PriceYearly = settings.Text($"{at}:PriceYearly", 60) ?? seed.PriceYearly,
        };
    }

    private static long? Limit(SettingsReader settings, string key, long? fallback)
    {
        var text = settings.Text(key);
        if (text is null || text.Equals(NoLimit, StringComparison.OrdinalIgnoreCase))
        {
            return text is null ? fallback : null;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > Largest)
        {
            settings.Refuse(key, $"a whole number from 0 to {Largest}, or {NoLimit}");
        }

        return number;
    }

    private static Plan Seed(string name, int rank, long? messages, long? chatbots, long? characters, PlanFeature features, int addOns, string monthly, string yearly) => new()
    {
        Name = name,
        Title = name,
        Rank = rank,
        AiMessages = messages,
        Chatbots = chatbots,
        StorageCharacters = characters,
        Features = features,
        MostAddOns = addOns,
        PriceMonthly = monthly,
        PriceYearly = yearly,
    };
}
