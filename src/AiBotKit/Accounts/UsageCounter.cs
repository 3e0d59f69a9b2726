using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Accounts;

/// <summary>AI replies of one account in one billing period; raised in the transaction that creates a reply.</summary>
internal sealed class UsageCounter
{
    public required Guid AccountId { get; init; }

    /// <summary>First instant of the period, UTC.</summary>
    public required DateTimeOffset PeriodStart { get; init; }

    public long AiMessages { get; set; }

    /// <summary>The limit of which the owner was told that four fifths are used; null while of none. A higher one is told anew.</summary>
    public long? NearToldOf { get; set; }

    /// <summary>The limit of which the owner was told that nothing is left; null while of none. A higher one is told anew.</summary>
    public long? OutToldOf { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<UsageCounter>
    {
        public void Configure(EntityTypeBuilder<UsageCounter> builder) =>
            builder.ToTable("usage_counters").HasKey(u => new { u.AccountId, u.PeriodStart });
    }
}
