namespace AiBotKit.Knowledge.Ranking;

/// <summary>What the index needs of one chunk. The text itself stays in the store.</summary>
/// <param name="ChunkId">The chunk.</param>
/// <param name="DocumentId">Its document: it is replaced and removed as a whole.</param>
/// <param name="Kind">A pair is found by its question first.</param>
/// <param name="Heading">Title and headings above the chunk; null when there are none.</param>
/// <param name="Question">The pair's question; null for running text.</param>
/// <param name="Body">The pair's answer, or the running text.</param>
/// <param name="Language">ISO 639 code of the text, "und" when unknown.</param>
/// <param name="Vectors">Sentence vectors as <see cref="VectorBytes"/>: the whole chunk first, then its windows; null when the chunk is not English or no model is installed.</param>
internal sealed record IndexEntry(
    Guid ChunkId, Guid DocumentId, ChunkKind Kind, string? Heading, string? Question, string Body, string Language = "und", sbyte[]? Vectors = null)
{
    /// <summary>The document's title and the headings above the chunk as one text.</summary>
    public static string HeadingOf(string title, string? heading) => heading is null ? title : title + " › " + heading;
}
