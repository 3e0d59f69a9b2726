using AiBotKit.Accounts.Plans;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Accounts;

/// <summary>The tenant: everything belongs to one account.</summary>
internal sealed class Account
{
    public required Guid Id { get; init; }

    public required string Name { get; set; }

    /// <summary>Name of its plan in <see cref="PlanCatalogue"/>.</summary>
    public string Plan { get; set; } = PlanCatalogue.Unlimited;

    /// <summary>When the plan began; billing periods are counted from here. Without one they are calendar months in UTC.</summary>
    public DateTimeOffset PlanStartedAt { get; set; }

    /// <summary>Add-on: units of 1,000 AI messages a period.</summary>
    public int ExtraMessageUnits { get; set; }

    /// <summary>Add-on: units of 5 million characters of knowledge.</summary>
    public int ExtraStorageUnits { get; set; }

    /// <summary>AI replies allowed per billing period, add-ons included; null = unlimited. Follows from the plan: written with it, so that a reply's commit reads one number.</summary>
    public long? MonthlyAiMessages { get; set; }

    /// <summary>Owners demand a second factor of everybody: who has none is led to the enrolment and can do nothing else.</summary>
    public bool RequiresSecondFactor { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>A new account with a plan that begins now.</summary>
    public static Account Open(Guid id, string name, Plan plan, DateTimeOffset now) =>
        new() { Id = id, Name = name, Plan = plan.Name, PlanStartedAt = now, MonthlyAiMessages = plan.AiMessages, CreatedAt = now };

    internal sealed class Configuration : IEntityTypeConfiguration<Account>
    {
        public void Configure(EntityTypeBuilder<Account> builder) => builder.ToTable("accounts").HasKey(a => a.Id);
    }
}
