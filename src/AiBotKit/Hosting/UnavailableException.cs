namespace AiBotKit.Hosting;

/// <summary>Something this server needs cannot be used at the moment: 503 with Retry-After, and nothing was acknowledged.</summary>
internal abstract class UnavailableException : Exception
{
    protected UnavailableException()
    {
    }

    protected UnavailableException(string message)
        : base(message)
    {
    }

    protected UnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
