using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Durability;

/// <summary>
/// An erasure that was begun and has to end, whatever ends the process meanwhile: its conversations are in nobody's sight already, and their rows, files and the
/// bytes they left in the database still have to go. Holds ids only. Gone itself when all that is done.
/// </summary>
internal sealed class Erasure
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Ids of the conversations, parted by commas.</summary>
    public required string Conversations { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Erasure>
    {
        public void Configure(EntityTypeBuilder<Erasure> builder) => builder.ToTable("erasures").HasKey(e => e.Id);
    }
}
