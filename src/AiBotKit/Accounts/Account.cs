using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Accounts;

/// <summary>The tenant: everything belongs to one account.</summary>
internal sealed class Account
{
    public required Guid Id { get; init; }

    public required string Name { get; set; }

    /// <summary>AI replies allowed per billing period; null = unlimited (the self-hosted default).</summary>
    public long? MonthlyAiMessages { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Account>
    {
        public void Configure(EntityTypeBuilder<Account> builder) => builder.ToTable("accounts").HasKey(a => a.Id);
    }
}
