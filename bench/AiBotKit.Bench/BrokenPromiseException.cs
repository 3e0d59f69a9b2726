namespace AiBotKit.Bench;

/// <summary>A run that lost, repeated or misordered something: its speed is worth nothing.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
