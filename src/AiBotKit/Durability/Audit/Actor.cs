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
/// <param name="Id">Of the person or the account's key; null for the others.</param>
/// <param name="Name">The person's name at that time; null for the others.</param>
/// <param name="Address">IP address of the request; null for the system.</param>
internal sealed record Actor(ActorKind Kind, Guid? Id, string? Name, string? Address)
{
    /// <summary>The person who acts; null for a key and the system.</summary>
    public Guid? PersonId => Kind == ActorKind.Person ? Id : null;

    public static Actor System { get; } = new(ActorKind.System, null, null, null);
}
