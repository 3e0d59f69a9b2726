namespace AiBotKit.Conversations;

/// <summary>What a conversation needs of the channel it runs on; the channel knows its own markup and limits.</summary>
internal interface IChannel
{
    /// <summary>An answer as bubbles of this channel, in order; empty when nothing sendable is left of it.</summary>
    IReadOnlyList<string> Render(string markdown);

    /// <summary>The owner's own words as bubbles: nothing in them is read as markup, only citation marks and what cannot be sent is taken out.</summary>
    IReadOnlyList<string> AsWritten(string text);

    /// <summary>
    /// What a person typed, as one message of this channel: nothing visible is taken out of it, only what cannot be sent, and spaces around it.
    /// Null when it is longer than one message may be; empty when nothing is left.
    /// </summary>
    string? AsTyped(string text);

    /// <summary>
    /// An AI answer is coming: read receipt and typing indicator, best effort. Returns at once; what fails is forgotten.
    /// </summary>
    void AnswerIsComing(Guid connectionId, string providerMessageId);

    /// <summary>A person has read up to this message. Best effort, returns at once.</summary>
    void WasRead(Guid connectionId, string providerMessageId);
}
