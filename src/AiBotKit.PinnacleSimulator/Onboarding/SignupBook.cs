using AiBotKit.PinnacleSimulator.Numbers;

namespace AiBotKit.PinnacleSimulator.Onboarding;

/// <summary>How the sign-up page behaves: what a person does there is on the page, what goes wrong is here.</summary>
/// <param name="Outcome">
/// What the last step tells the opener: <c>finish</c>, <c>only-account</c> (an account without a number), <c>phone-app</c> (the number stays in the phone's app as well),
/// <c>error</c>, <c>cancel-error</c> (cancelled because of an error), <c>silent</c> (nothing at all), or <c>cancel</c> (closed at <paramref name="CancelAt"/>).
/// </param>
/// <param name="AsText">Events are posted as JSON text instead of objects.</param>
/// <param name="AsMeta">Events are posted in Meta's form (<c>WA_EMBEDDED_SIGNUP</c>), relayed.</param>
/// <param name="Twice">Each event is posted twice.</param>
/// <param name="Foreign">The last event comes from another origin, as an attacker's would.</param>
/// <param name="OtherState">The last event carries the state of another sign-up.</param>
/// <param name="SlowMs">Before the last event, and before <c>complete</c> answers.</param>
/// <param name="CancelAt">One of Meta's six steps (<see cref="CancelSteps"/>).</param>
/// <param name="Exchange">
/// How the exchange between the servers goes: <c>ok</c>, <c>502-once</c>, <c>502</c> (for good), <c>wrong-key</c> (the key of another number), or <c>unproved-once</c>
/// (the exchange is right, and the <c>getuserdetails</c> after it answers 502 once).
/// </param>
internal sealed record SignupBehaviour(
    string Outcome = "finish", bool AsText = false, bool AsMeta = false, bool Twice = false, bool Foreign = false, bool OtherState = false, int SlowMs = 0, string? CancelAt = null, string Exchange = "ok")
{
    /// <summary>Where Meta's sign-up can be left (wire facts 10.1).</summary>
    public static readonly string[] CancelSteps =
        ["BUSINESS_ACCOUNT_SELECTION", "WABA_PHONE_PROFILE_PICKER", "WHATSAPP_BUSINESS_PROFILE_SETUP", "PHONE_NUMBER_SETUP", "PHONE_NUMBER_VERIFICATION", "PERMISSIONS"];

    private static readonly string[] Outcomes = ["finish", "only-account", "phone-app", "error", "cancel-error", "silent", "cancel"];
    private static readonly string[] Exchanges = ["ok", "502-once", "502", "wrong-key", "unproved-once"];

    public bool IsKnown() => Outcomes.Contains(Outcome) && Exchanges.Contains(Exchange) && (Outcome == "cancel" ? CancelSteps.Contains(CancelAt) : CancelAt is null);
}

/// <summary>The sign-ups that were opened, by their state, and how the page behaves.</summary>
internal sealed class SignupBook
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, BusinessNumber?> chosen = new(StringComparer.Ordinal);
    private SignupBehaviour behaviour = new();
    private int exchanges;

    public SignupBehaviour Behaviour
    {
        get => Volatile.Read(ref behaviour);
        set => Volatile.Write(ref behaviour, value);
    }

    /// <summary>Exchanges that were begun.</summary>
    public int Exchanges => Volatile.Read(ref exchanges);

    public void CountExchange() => Interlocked.Increment(ref exchanges);

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
