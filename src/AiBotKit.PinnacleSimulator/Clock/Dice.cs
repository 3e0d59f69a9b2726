namespace AiBotKit.PinnacleSimulator.Clock;

/// <summary>Chance, in one place.</summary>
internal sealed class Dice
{
    /// <summary>True with the given probability.</summary>
    public bool Roll(double share) => share >= 1 || (share > 0 && Random.Shared.NextDouble() < share);

    /// <summary>A whole number in the closed range.</summary>
    public int Between(int from, int to) => from >= to ? from : Random.Shared.Next(from, to + 1);
}
