namespace AiBotKit.Knowledge;

/// <summary>The section <c>Knowledge</c>.</summary>
internal sealed class KnowledgeOptions
{
    /// <summary>
    /// Folder of .txt, .md and .html files, read at start: files at its root belong to the first chatbot,
    /// <c>&lt;folder&gt;/&lt;chatbot name&gt;/</c> to that one. Empty: nothing is imported.
    /// </summary>
    public string? Folder { get; set; }
}
