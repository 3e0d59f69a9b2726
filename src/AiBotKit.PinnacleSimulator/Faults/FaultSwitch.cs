using AiBotKit.PinnacleSimulator.Clock;

namespace AiBotKit.PinnacleSimulator.Faults;

/// <summary>One fault switch: fires for the next n, for every n-th, or with a probability; for everybody or for one customer.</summary>
internal sealed class FaultSwitch(FaultKind kind, Dice dice)
{
    private readonly Lock gate = new();
    private double share;
    private int next;
    private int every;
    private int seen;
    private string? to;

    public FaultKind Kind { get; } = kind;

    /// <summary>In <see cref="FaultKind.Unit"/>.</summary>
    public double Value { get; private set; } = kind.DefaultValue;

    public bool Armed { get; private set; }

    /// <summary>How often it fired since the last reset.</summary>
    public int Fired { get; private set; }

    public FaultState State
    {
        get
        {
            lock (gate)
            {
                return new(Kind.Name, Kind.Group, Kind.Title, Kind.Detail, Kind.Unit, Armed, share, next, every, Value, to, Fired);
            }
        }
    }

    public void Set(double? newShare, int? newNext, int? newEvery, double? value, string? onlyTo)
    {
        lock (gate)
        {
            share = newShare ?? 0;
            next = newNext ?? 0;
            every = newEvery ?? 0;
            seen = 0;
            to = string.IsNullOrEmpty(onlyTo) ? null : onlyTo;
            Value = value ?? Kind.DefaultValue;
            Armed = share > 0 || next > 0 || every > 0;
        }
    }

    public void Off(bool forget = false)
    {
        Set(null, null, null, null, null);
        if (forget)
        {
            lock (gate)
            {
                Fired = 0;
            }
        }
    }

    public bool Fires(string customer)
    {
        if (!Armed)
        {
            return false;
        }

        lock (gate)
        {
            if (to is not null && to != customer)
            {
                return false;
            }

            var fires = false;
            if (next > 0)
            {
                next--;
                fires = true;
            }
            else if (every > 0)
            {
                fires = ++seen % every == 0;
            }
            else
            {
                fires = dice.Roll(share);
            }

            Fired += fires ? 1 : 0;
            Armed = share > 0 || next > 0 || every > 0;
            return fires;
        }
    }
}

/// <summary>A switch as the control API shows it.</summary>
internal sealed record FaultState(
    string Name, string Group, string Title, string Detail, string Unit, bool Armed, double Share, int Next, int Every, double Value, string? To, int Fired);
