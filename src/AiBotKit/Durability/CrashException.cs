namespace AiBotKit.Durability;

/// <summary>
/// Thrown at a fault point by the crash simulator only: stands for the death of the process, so nothing in the product may catch it.
/// </summary>
internal sealed class CrashException : Exception
{
    public CrashException()
    {
    }

    public CrashException(string message)
        : base(message)
    {
    }

    public CrashException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
