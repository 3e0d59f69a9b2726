using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Fakes;

/// <summary>Waiting for something to become so. How long it takes says nothing: the ceiling only says that it never came, on the slowest machine too.</summary>
internal static class Patience
{
    public static readonly TimeSpan Ceiling = TimeSpan.FromMinutes(4);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    public static Task UntilAsync(Func<bool> condition, string? what = null) => UntilAsync(() => Task.FromResult(condition()), what);

    /// <param name="what">In words, for whoever reads that it never came.</param>
    public static async Task UntilAsync(Func<Task<bool>> condition, string? what = null)
    {
        using var ceiling = new CancellationTokenSource(Ceiling);
        while (!await condition())
        {
            ceiling.IsCancellationRequested.ShouldBeFalse($"waited too long{(what is null ? "" : " for: " + what)}");
            await Task.Delay(Step, TestContext.Current.CancellationToken);
        }
    }
}
