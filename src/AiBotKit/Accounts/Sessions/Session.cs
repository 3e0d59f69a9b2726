using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Accounts.Sessions;

/// <summary>One sign-in of one person in one browser. The cookie holds the key, this row only its hash; without the row the key is worth nothing.</summary>
internal sealed class Session
{
    /// <summary>Public name in lists; no key.</summary>
    public required Guid Id { get; init; }

    /// <summary>SHA-256 of the 256-bit key.</summary>
    public required byte[] KeyHash { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid PersonId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Exact to <see cref="SessionRules.SeenStep"/>: not every request writes.</summary>
    public required DateTimeOffset LastSeenAt { get; set; }

    /// <summary>IP address at the sign-in.</summary>
    public string? Address { get; init; }

    /// <summary>What the browser called itself at the sign-in; at most 200 characters.</summary>
    public string? Agent { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Session>
    {
        public void Configure(EntityTypeBuilder<Session> builder)
        {
            builder.ToTable("sessions").HasKey(s => s.Id);
            builder.HasIndex(s => s.KeyHash).IsUnique();
            builder.HasIndex(s => s.PersonId);
            builder.HasIndex(s => new { s.AccountId, s.LastSeenAt });
        }
    }
}
