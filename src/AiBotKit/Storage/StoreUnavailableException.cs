using AiBotKit.Hosting;

namespace AiBotKit.Storage;

/// <summary>The store cannot commit at the moment; the caller answers 503 with Retry-After and nothing was acknowledged.</summary>
internal sealed class StoreUnavailableException : UnavailableException
{
    public StoreUnavailableException()
    {
    }

    public StoreUnavailableException(string message)
        : base(message)
    {
    }

    public StoreUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
