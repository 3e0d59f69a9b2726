using Microsoft.Extensions.Logging;

namespace AiBotKit.Tests.Faults.Crashes;

/// <summary>Errors the product logs end in the trace of the history.</summary>
internal sealed class SimLog<T>(World world) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Warning)
        {
            world.Note($"LOG {formatter(state, exception)} {exception}");
            if (logLevel >= LogLevel.Error)
            {
                world.Violations.Add($"unexpected: {formatter(state, exception)} {exception}");
            }
        }
    }
}
