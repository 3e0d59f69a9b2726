using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Accounts.Keys;

/// <summary>A bearer key of an account: the rights of an owner or an agent, without a person. Stored as SHA-256 of 256 random bits (S-K3).</summary>
internal sealed class ApiKey
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>What it is for, in the owner's words.</summary>
    public required string Name { get; init; }

    public required PersonRole Role { get; init; }

    public required byte[] Hash { get; init; }

    /// <summary>Last four characters, to tell keys apart.</summary>
    public required string Last4 { get; init; }

    /// <summary>
    /// The person who made it, or whose key made it; null when <c>Api:Key</c> did. It ends with this person's password, role and activity.
    /// </summary>
    public Guid? CreatedById { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Exact to five minutes; null when never.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<ApiKey>
    {
        public void Configure(EntityTypeBuilder<ApiKey> builder)
        {
            builder.ToTable("api_keys").HasKey(k => k.Id);
            builder.HasIndex(k => k.Hash).IsUnique();
            builder.HasIndex(k => new { k.AccountId, k.CreatedAt });
        }
    }
}
