using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Accounts.Passwords;

/// <summary>A link in a mail that sets a new password, once, within an hour. A newer one ends it, and so does a password that changed meanwhile.</summary>
internal sealed class PasswordReset
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid PersonId { get; init; }

    /// <summary>SHA-256 of the link's 256 bits.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The person's stamp when it was asked for.</summary>
    public required string Stamp { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<PasswordReset>
    {
        public void Configure(EntityTypeBuilder<PasswordReset> builder)
        {
            builder.ToTable("password_resets").HasKey(r => r.Id);
            builder.HasIndex(r => r.Hash).IsUnique();
            builder.HasIndex(r => r.PersonId);
        }
    }
}
