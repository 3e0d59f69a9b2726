namespace AiBotKit.Knowledge;

/// <summary>What a chunk is.</summary>
internal enum ChunkKind
{
    /// <summary>A question with its answer, never cut.</summary>
    QuestionAnswer,

    /// <summary>A piece of running text under its headings.</summary>
    Passage,
}
