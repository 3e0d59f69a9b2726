using System.Net;
using System.Net.Sockets;

namespace AiBotKit.Accounts;

/// <summary>
/// Tries at signing in, setting up, resetting and codes: 10 per person and 50 per address in 15 minutes (S-A4). Of IPv6 a whole /64 counts as
/// one address: whoever has one address of it has all. In memory: a restart forgives.
/// </summary>
internal sealed class SignInLimits(TimeProvider time)
{
    public const int PerPerson = 10;
    public const int PerAddress = 50;

    private const int MaxTracked = 20_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<long>> _tries = new(StringComparer.Ordinal);

    /// <summary>Counts one try.</summary>
    /// <param name="whose">E-mail, or the link of a mail; of an empty one, and of one longer than any, only the address is counted.</param>
    /// <returns>Null, or when either limit is used up how long until a try is free again.</returns>
    public TimeSpan? Take(string whose, string address)
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

            var person = whose.Length is 0 or > PersonRules.LongestEmail ? new Queue<long>() : TriesOf("e:" + whose.Trim().ToLowerInvariant());
            var place = TriesOf("a:" + Place(address));
            var (ofPerson, ofPlace) = (Wait(person, PerPerson), Wait(place, PerAddress));
            if (ofPerson is not null || ofPlace is not null)
            {
                return ofPerson is null || ofPlace > ofPerson ? ofPlace : ofPerson;
            }

            var now = time.GetTimestamp();
            person.Enqueue(now);
            place.Enqueue(now);
            return null;
        }
    }

    /// <summary>An IPv4 address as it is, of IPv6 the first 64 bits.</summary>
    public static string Place(string address)
    {
        if (!IPAddress.TryParse(address, out var ip) || ip.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        if (ip.IsIPv4MappedToIPv6)
        {
            return ip.MapToIPv4().ToString();
        }

        return Convert.ToHexStringLower(ip.GetAddressBytes().AsSpan(0, 8)) + "/64";
    }

    private Queue<long> TriesOf(string key)
    {
        if (!_tries.TryGetValue(key, out var tries))
        {
            _tries.Add(key, tries = new Queue<long>());
        }

        return tries;
    }

    private TimeSpan? Wait(Queue<long> tries, int atMost) => Count(tries) < atMost ? null : Window - time.GetElapsedTime(tries.Peek());

    private int Count(Queue<long> tries)
    {
        while (tries.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= Window)
        {
            tries.Dequeue();
        }

        return tries.Count;
    }
}
