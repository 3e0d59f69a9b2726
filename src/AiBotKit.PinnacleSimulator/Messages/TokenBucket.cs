namespace AiBotKit.PinnacleSimulator.Messages;

/// <summary>A limit that lets bursts through and refills steadily.</summary>
internal sealed class TokenBucket
{
    private static readonly TimeSpan ClockWentBack = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly double capacity;
    private readonly double refillPerSecond;
    private double tokens;
    private DateTimeOffset filledAt;

    public TokenBucket(double capacity, double refillPerSecond, DateTimeOffset now)
    {
        (this.capacity, this.refillPerSecond) = (capacity, refillPerSecond);
        (tokens, filledAt) = (capacity, now);
    }

    /// <summary>Takes one; false when there is none left.</summary>
    public bool TryTake(DateTimeOffset at)
    {
        lock (gate)
        {
            if (filledAt - at > ClockWentBack)
            {
                // A jump of the simulated clock was taken back.
                filledAt = at;
            }
            else if (at > filledAt)
            {
                tokens = Math.Min(capacity, tokens + ((at - filledAt).TotalSeconds * refillPerSecond));
                filledAt = at;
            }

            if (tokens < 1)
            {
                return false;
            }

            tokens -= 1;
            return true;
        }
    }
}
