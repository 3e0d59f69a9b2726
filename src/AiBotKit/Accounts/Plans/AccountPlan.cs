namespace AiBotKit.Accounts.Plans;

/// <summary>The plan that an account has, with its add-ons.</summary>
/// <param name="StartedAt">When it began; billing periods are counted from here.</param>
/// <param name="ExtraMessageUnits">Units of <see cref="PlanRules.MessagesPerUnit"/> AI messages a period.</param>
/// <param name="ExtraStorageUnits">Units of <see cref="PlanRules.CharactersPerUnit"/> characters.</param>
internal sealed record AccountPlan(Guid AccountId, Plan Plan, DateTimeOffset StartedAt, int ExtraMessageUnits, int ExtraStorageUnits)
{
    /// <summary>AI messages in one billing period; null = no limit.</summary>
    public long? AiMessages => PlanRules.AiMessages(Plan, ExtraMessageUnits);

    /// <summary>Characters of knowledge; null = no limit.</summary>
    public long? StorageCharacters => PlanRules.StorageCharacters(Plan, ExtraStorageUnits);

    public bool Allows(PlanFeature feature) => Plan.Allows(feature);
}
