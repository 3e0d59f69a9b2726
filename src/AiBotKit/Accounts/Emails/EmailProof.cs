using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Accounts.Emails;

/// <summary>
/// A link in a mail to an address: who opens it and says yes reads that mail. It makes the address the person's, once, within an hour. A newer one ends
/// it, and so does a password that changed meanwhile.
/// </summary>
internal sealed class EmailProof
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid PersonId { get; init; }

    /// <summary>The address that the mail went to: another one, or the person's own that was never proven.</summary>
    public required string Email { get; init; }

    /// <summary>SHA-256 of the link's 256 bits.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The person's stamp when it was asked for.</summary>
    public required string Stamp { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<EmailProof>
    {
        public void Configure(EntityTypeBuilder<EmailProof> builder)
        {
            builder.ToTable("email_proofs").HasKey(p => p.Id);
            builder.HasIndex(p => p.Hash).IsUnique();
            builder.HasIndex(p => p.PersonId);
        }
    }
}
