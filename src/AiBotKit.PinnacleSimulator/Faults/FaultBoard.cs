using System.Collections.Frozen;
using AiBotKit.PinnacleSimulator.Clock;

namespace AiBotKit.PinnacleSimulator.Faults;

/// <summary>All fault switches.</summary>
internal sealed class FaultBoard(Dice dice)
{
    private readonly FrozenDictionary<string, FaultSwitch> switches =
        Fault.All.ToFrozenDictionary(static kind => kind.Name, kind => new FaultSwitch(kind, dice), StringComparer.Ordinal);

    private volatile bool anyArmed;

    /// <summary>False: nothing can fire, so nobody needs to ask.</summary>
    public bool AnyArmed => anyArmed;

    public FaultSwitch this[string name] => switches[name];

    public IEnumerable<FaultState> States => Fault.All.Select(kind => switches[kind.Name].State);

    public FaultSwitch? Find(string name) => switches.GetValueOrDefault(name);

    public bool Fires(string name, string customer) => anyArmed && switches[name].Fires(customer);

    /// <summary>To be called after a switch was set.</summary>
    public void Refresh() => anyArmed = switches.Values.Any(static one => one.Armed);

    public void AllOff(bool forget = false)
    {
        foreach (var one in switches.Values)
        {
            one.Off(forget);
        }

        Refresh();
    }
}
