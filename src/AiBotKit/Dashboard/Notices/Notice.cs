namespace AiBotKit.Dashboard.Notices;

/// <summary>Something that a person may want to be told while looking elsewhere.</summary>
/// <param name="Key">The same in every tab: a browser tells each once.</param>
/// <param name="Kind"><c>waiting</c>, <c>written</c> or <c>assigned</c>.</param>
/// <param name="Text">What the customer wrote last, on one line.</param>
public sealed record Notice(string Key, string Kind, Guid Conversation, string Title, string Text);

/// <summary>A conversation that waits for a person.</summary>
internal sealed record WaitingOne(Guid Conversation, string Name, DateTimeOffset Since, string Text);

/// <summary>A message of a customer in a conversation that the viewer has taken over.</summary>
internal sealed record WrittenOne(long Seq, Guid Conversation, string Name, string Text);

/// <summary>A conversation that was assigned to the viewer.</summary>
/// <param name="Seq">Arrival number of the line that says so.</param>
/// <param name="Sentence">That line.</param>
internal sealed record AssignedOne(long Seq, Guid Conversation, string Name, string Sentence);

/// <summary>What a viewer has been told: everything up to here.</summary>
/// <param name="Seq">Arrival number of the newest message.</param>
/// <param name="Waiting">Keys of what waits.</param>
internal sealed record NoticePlace(long Seq, IReadOnlySet<string> Waiting);
