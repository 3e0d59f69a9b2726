using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Durability;

/// <summary>One per conversation that has unanswered messages; the messages themselves are the queue.</summary>
internal sealed class WorkRow
{
    public required Guid ConversationId { get; init; }

    public required Guid AccountId { get; init; }

    public required int Partition { get; init; }

    /// <summary>When the turn may begin: last content + quiet window, at most first unanswered + cap.</summary>
    public required DateTimeOffset DueAt { get; set; }

    /// <summary>Receipt time of the first unanswered message.</summary>
    public required DateTimeOffset FirstUnansweredAt { get; set; }

    /// <summary>Process that is in a turn of it; null = nobody. Left behind by a crash.</summary>
    public Guid? RunId { get; set; }

    /// <summary>Turns that failed, and crashes of a turn that ran while no other turn did, the first of which counts twice; five make a dead letter.</summary>
    public int Attempts { get; set; }

    /// <summary>After an unclean stop during its turn it runs again while no other turn does.</summary>
    public AloneState Alone { get; set; }

    /// <summary>The turn's commit was already refused once by a newer message.</summary>
    public bool Redone { get; set; }

    /// <summary>A person asked that the messages be answered although they are old.</summary>
    public bool Asked { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<WorkRow>
    {
        public void Configure(EntityTypeBuilder<WorkRow> builder)
        {
            // No index on DueAt: only the sweep sorts by it, and every message would pay for the index.
            builder.ToTable("work").HasKey(w => w.ConversationId);
            builder.Property(w => w.Asked).HasDefaultValue(false);
        }
    }
}

/// <summary>Stored as a number: never renumber.</summary>
internal enum AloneState
{
    No = 0,
    Wanted = 1,
    Running = 2,
}
