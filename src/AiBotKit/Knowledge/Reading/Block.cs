namespace AiBotKit.Knowledge.Reading;

/// <summary>A piece of a document before it is cut to size: its headings, a question when it is one half of a pair, its text.</summary>
internal sealed record Block(string? Heading, string? Question, string Text);

/// <summary>A chunk before it has an id.</summary>
internal sealed record ChunkText(ChunkKind Kind, string? Heading, string? Question, string Body);
