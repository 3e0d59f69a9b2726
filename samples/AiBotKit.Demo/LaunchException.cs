namespace AiBotKit.Demo;

/// <summary>Why nothing could be started, in words for the person at the terminal.</summary>
internal sealed class LaunchException(string message) : Exception(message);
