using AiBotKit.PinnacleSimulator.Numbers;

namespace AiBotKit.PinnacleSimulator.Onboarding;

/// <summary>How the sign-up page behaves: what a person does there is on the page, what goes wrong is here.</summary>
/// <param name="Outcome">What the last step tells the opener: <c>finish</c>, <c>error</c>, or <c>silent</c> (nothing at all).</param>
/// <param name="AsText">Events are posted as JSON text instead of objects.</param>
/// <param name="AsMeta">Events are posted in Meta's form (<c>WA_EMBEDDED_SIGNUP</c>), relayed.</param>
/// <param name="Twice">Each event is posted twice.</param>
/// <param name="Foreign">The last event comes from another origin, as an attacker's would.</param>
/// <param name="OtherState">The last event carries the state of another sign-up.</param>
/// <param name="SlowMs">Before the last event, and before <c>complete</c> answers.</param>
internal sealed record SignupBehaviour(
    string Outcome = "finish", bool AsText = false, bool AsMeta = false, bool Twice = false, bool Foreign = false, bool OtherState = false, int SlowMs = 0);

/// <summary>The sign-ups that were opened, by their state, and how the page behaves.</summary>
internal sealed class SignupBook
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, BusinessNumber?> chosen = new(StringComparer.Ordinal);
    private SignupBehaviour behaviour = new();

    public SignupBehaviour Behaviour
    {
        get => Volatile.Read(ref behaviour);
        set => Volatile.Write(ref behaviour, value);
    }

    public void Open(string state)
    {
        lock (gate)
        {
            chosen.TryAdd(state, null);
        }
    }

    /// <summary>False when nobody opened the page with this state.</summary>
    public bool Choose(string state, BusinessNumber number)
    {
        lock (gate)
        {
            if (!chosen.ContainsKey(state))
            {
                return false;
            }

            chosen[state] = number;
            return true;
        }
    }

    /// <summary>The number that was chosen under this state; null when none was.</summary>
    public BusinessNumber? Chosen(string state)
    {
        lock (gate)
        {
            return chosen.GetValueOrDefault(state);
        }
    }

    /// <summary>A state is good for one exchange.</summary>
    public void Close(string state)
    {
        lock (gate)
        {
            chosen.Remove(state);
        }
    }
}
