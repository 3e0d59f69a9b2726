namespace AiBotKit.Hosting;

/// <summary>A reason not to start that the operator can act on; printed as one line, exit code 2.</summary>
internal sealed class StartupException : Exception
{
    public StartupException()
    {
    }

    public StartupException(string message)
        : base(message)
    {
    }

    public StartupException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
