namespace AiBotKit.Durability.Audit;

/// <summary>What kind of somebody acts; stored as a number, so new kinds go to the end.</summary>
internal enum ActorKind
{
    /// <summary>The server itself: a start, a rule, the provider's word.</summary>
    System,
    Person,
    ApiKey,
}

/// <summary>Who acts, and from where.</summary>
/// <param name="Id">Of the person; null for the others.</param>
/// <param name="Name">The person's name at that time; null for the others.</param>
/// <param name="Address">IP address of the request; null for the system.</param>
internal sealed record Actor(ActorKind Kind, Guid? Id, string? Name, string? Address)
{
    public static Actor System { get; } = new(ActorKind.System, null, null, null);
}
