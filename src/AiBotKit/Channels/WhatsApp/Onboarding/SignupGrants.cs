using System.Collections.Concurrent;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>
/// What sign-ups were exchanged for and is not connected yet, in memory only: a state is good for one exchange at the provider, so what came of it is kept until the
/// number is connected or the sign-up is over. Bound to the state's hash, and with it to its person and chatbot. Gone after a restart: the sign-up is then begun anew.
/// </summary>
internal sealed class SignupGrants(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, byte> _underWay = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (SignupGrant Grant, DateTimeOffset Until)> _kept = new(StringComparer.Ordinal);

    /// <summary>False while somebody else is finishing the same sign-up.</summary>
    public bool TryBegin(byte[] hash) => _underWay.TryAdd(Convert.ToHexString(hash), 0);

    public void End(byte[] hash) => _underWay.TryRemove(Convert.ToHexString(hash), out _);

    /// <summary>Null when there was no exchange, or its sign-up is over.</summary>
    public SignupGrant? Find(byte[] hash) => _kept.TryGetValue(Convert.ToHexString(hash), out var kept) && kept.Until > time.GetUtcNow() ? kept.Grant : null;

    /// <param name="until">When the sign-up is over.</param>
    public void Keep(byte[] hash, SignupGrant grant, DateTimeOffset until)
    {
        var now = time.GetUtcNow();
        foreach (var (old, _) in _kept.Where(one => one.Value.Until <= now))
        {
            _kept.TryRemove(old, out _);
        }

        _kept[Convert.ToHexString(hash)] = (grant, until);
    }

    public void Forget(byte[] hash) => _kept.TryRemove(Convert.ToHexString(hash), out _);
}
