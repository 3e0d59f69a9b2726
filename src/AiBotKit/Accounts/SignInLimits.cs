namespace AiBotKit.Accounts;

/// <summary>Tries at signing in and setting up: 10 per e-mail and 50 per address in 15 minutes (S-A4). In memory: a restart forgives.</summary>
internal sealed class SignInLimits(TimeProvider time)
{
    private const int MaxTracked = 20_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<long>> _tries = new(StringComparer.Ordinal);

    /// <summary>Counts one try; false when either limit is used up.</summary>
    public bool TryTake(string email, string address)
    {
        lock (_gate)
        {
            if (_tries.Count > MaxTracked)
            {
                foreach (var old in _tries.Where(t => Count(t.Value) == 0).Select(t => t.Key).ToList())
                {
                    _tries.Remove(old);
                }
            }

            // Longer than any address of a person: nobody's, and not to be remembered whole.
            var person = TriesOf("e:" + (email.Length > 254 ? "" : email.Trim().ToLowerInvariant()));
            var place = TriesOf("a:" + address);
            if (Count(person) >= 10 || Count(place) >= 50)
            {
                return false;
            }

            var now = time.GetTimestamp();
            person.Enqueue(now);
            place.Enqueue(now);
            return true;
        }
    }

    private Queue<long> TriesOf(string key)
    {
        if (!_tries.TryGetValue(key, out var tries))
        {
            _tries.Add(key, tries = new Queue<long>());
        }

        return tries;
    }

    private int Count(Queue<long> tries)
    {
        while (tries.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= Window)
        {
            tries.Dequeue();
        }

        return tries.Count;
    }
}
