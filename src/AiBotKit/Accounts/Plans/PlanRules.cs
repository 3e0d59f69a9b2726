namespace AiBotKit.Accounts.Plans;

/// <summary>How much of the AI messages is used up.</summary>
internal enum UsageLevel
{
    Fine,

    /// <summary>Four fifths or more.</summary>
    Near,

    /// <summary>All of them.</summary>
    Out,
}

/// <summary>What a plan allows and what its add-ons add. Pure.</summary>
internal static class PlanRules
{
    /// <summary>Most units of each add-on in any plan.</summary>
    public const int MostAddOns = 10;

    public const long MessagesPerUnit = 1_000;

    public const long CharactersPerUnit = 5_000_000;

    public static long? AiMessages(Plan plan, int extraUnits) => plan.AiMessages + (extraUnits * MessagesPerUnit);

    public static long? StorageCharacters(Plan plan, int extraUnits) => plan.StorageCharacters + (extraUnits * CharactersPerUnit);

    /// <summary>Whether one more fits to <paramref name="existing"/>.</summary>
    public static bool HasRoom(long? limit, long existing) => limit is null || existing < limit;

    /// <summary>How many are left; never negative, null = no limit.</summary>
    public static long? Left(long used, long? limit) => limit is { } most ? Math.Max(0, most - used) : null;

    /// <summary>Warnings come at 80 and at 100 %.</summary>
    public static UsageLevel Level(long used, long? limit) =>
        limit is not { } most ? UsageLevel.Fine : used >= most ? UsageLevel.Out : used * 5 >= most * 4 ? UsageLevel.Near : UsageLevel.Fine;

    /// <summary>The smallest plan with <paramref name="feature"/>; null when none has it.</summary>
    public static Plan? SmallestWith(IEnumerable<Plan> plans, PlanFeature feature) => plans.OrderBy(p => p.Rank).FirstOrDefault(p => p.Allows(feature));

    /// <summary>The smallest plan with room for one more chatbot than <paramref name="existing"/>; null when none has.</summary>
    public static Plan? SmallestWithRoom(IEnumerable<Plan> plans, long existing) => plans.OrderBy(p => p.Rank).FirstOrDefault(p => HasRoom(p.Chatbots, existing));

    /// <summary>Units that a plan lets an account keep.</summary>
    public static int Units(Plan plan, int wanted) => Math.Clamp(wanted, 0, plan.MostAddOns);
}
