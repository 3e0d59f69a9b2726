namespace AiBotKit.Durability;

/// <summary>The event lines of a takeover (product B1). Everybody of the team reads them, and a program that reads the timeline.</summary>
internal static class TakeoverTexts
{
    /// <summary>Type of the event that a person took over: with it a person answers next.</summary>
    public const string TakenOver = "takeover";

    /// <summary>Type of the event that the AI answers again.</summary>
    public const string HandedBack = "handback";

    /// <summary>As the documented product has it; the name is the person's own.</summary>
    public static string Joined(string name) => $"{name} has joined the conversation";

    public static string HandedBackBy(string name) => $"{name} has handed the conversation back to the AI";

    /// <summary>The time of a takeover ran out without a word from a person.</summary>
    public const string RanOut = "The AI answers again: the time of the takeover is over";
}
