using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Conversations.Media;

/// <summary>How far a file of a message is.</summary>
internal enum MediaState
{
    /// <summary>To be fetched from the provider, now or at the next try.</summary>
    Waiting,

    /// <summary>In the data folder.</summary>
    Stored,

    /// <summary>Given up; a person may ask for another try.</summary>
    Failed,
}

/// <summary>
/// The file of a message: image, voice note, video, document or sticker. A row is made after the message's commit, from the message itself,
/// so that storing a message never waits for a file (wire facts section 3: the provider keeps a file for seven days).
/// </summary>
internal sealed class MediaFile
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ConversationId { get; init; }

    public required Guid ConnectionId { get; init; }

    public required Guid MessageId { get; init; }

    /// <summary>Arrival number of the message: everything up to the highest one here was looked at.</summary>
    public required long MessageSeq { get; init; }

    /// <summary>The wire's type of the message: <c>image</c>, <c>voice</c>, <c>document</c>…</summary>
    public required string Family { get; init; }

    /// <summary>The provider's id of the file, digits; null when the message carried none.</summary>
    public string? ProviderMediaId { get; init; }

    /// <summary>As the sender named it. Data only: never part of a path.</summary>
    public string? FileName { get; init; }

    public required MediaState State { get; set; }

    /// <summary>What the bytes are, by the bytes (<see cref="MediaTypes"/>); null until they are here.</summary>
    public string? ContentType { get; set; }

    /// <summary>In bytes; null until they are here.</summary>
    public long? Size { get; set; }

    /// <summary>Random name in the media folder; null until the bytes are here.</summary>
    public string? StoredName { get; set; }

    public int Attempts { get; set; }

    /// <summary>When to try next; null when it is stored or given up.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>One sentence: why it is not here.</summary>
    public string? Problem { get; set; }

    /// <summary>When to make what a timeline shows of it (<see cref="MakePreviews"/>); null = made, or nothing to make.</summary>
    public DateTimeOffset? PreviewDueAt { get; set; }

    public int PreviewTries { get; set; }

    /// <summary>Of the small copy of a picture; null when there is none.</summary>
    public int? Width { get; set; }

    public int? Height { get; set; }

    /// <summary>Of a sound; null when it is not known.</summary>
    public long? LengthMs { get; set; }

    /// <summary>What is said in a sound, as text; null while nobody has written it down.</summary>
    public string? Transcript { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<MediaFile>
    {
        public void Configure(EntityTypeBuilder<MediaFile> builder)
        {
            builder.ToTable("media").HasKey(m => m.Id);
            builder.HasIndex(m => m.MessageId).IsUnique();
            builder.HasIndex(m => m.MessageSeq);
            builder.HasIndex(m => m.DueAt).HasFilter("\"DueAt\" IS NOT NULL");
            builder.HasIndex(m => m.PreviewDueAt).HasFilter("\"PreviewDueAt\" IS NOT NULL");
        }
    }
}
