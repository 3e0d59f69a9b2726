using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Accounts.Team;

/// <summary>A link in a mail that makes its holder a person of the account, once, within 7 days.</summary>
internal sealed class Invitation
{
    public static readonly TimeSpan Life = TimeSpan.FromDays(7);

    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required string Email { get; init; }

    public required PersonRole Role { get; init; }

    /// <summary>SHA-256 of the link's 256 bits.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Name of who invited, at that time; null for an API key.</summary>
    public string? InvitedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Invitation>
    {
        public void Configure(EntityTypeBuilder<Invitation> builder)
        {
            builder.ToTable("invitations").HasKey(i => i.Id);
            builder.HasIndex(i => i.Hash).IsUnique();
            builder.HasIndex(i => new { i.AccountId, i.CreatedAt });
        }
    }
}
