namespace AiBotKit.Knowledge.Ranking;

/// <summary>A chunk as the index ranked it; the numbers are those of <see cref="Passage"/>.</summary>
internal readonly record struct RankedChunk(Guid ChunkId, double Score, double Coverage, double? Cosine, double Evidence);
