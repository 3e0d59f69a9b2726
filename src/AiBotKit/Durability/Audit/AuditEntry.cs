using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Durability.Audit;

/// <summary>
/// One line of an account's audit trail: who did what, when, from where. Only ever added to: nothing of the product changes a line, the
/// store refuses it, and only retention removes old ones. Holds no secret and nothing that a customer said.
/// </summary>
internal sealed class AuditEntry
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>One of <see cref="AuditActs"/>.</summary>
    public required string Act { get; init; }

    public required ActorKind By { get; init; }

    public Guid? ById { get; init; }

    public string? ByName { get; init; }

    public string? Address { get; init; }

    /// <summary>The kind of thing it was done to: <c>conversation</c>, <c>connection</c>, <c>chatbot</c>, <c>document</c>, <c>dead_letter</c>, <c>backup</c>, <c>setting</c>, <c>route</c>.</summary>
    public string? About { get; init; }

    /// <summary>The id of that thing, or its name where it has none.</summary>
    public string? AboutId { get; init; }

    /// <summary>What else is needed to understand it; at most 200 characters.</summary>
    public string? Detail { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<AuditEntry>
    {
        public void Configure(EntityTypeBuilder<AuditEntry> builder)
        {
            builder.ToTable("audit").HasKey(a => a.Id);
            builder.HasIndex(a => new { a.AccountId, a.At });
        }
    }
}
