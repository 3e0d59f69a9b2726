using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using AiBotKit.PinnacleSimulator.Clock;
using AiBotKit.PinnacleSimulator.Messages;
using AiBotKit.PinnacleSimulator.Numbers;
using Microsoft.Extensions.Options;

namespace AiBotKit.PinnacleSimulator.Customers;

/// <summary>Everybody who has WhatsApp in this simulated world.</summary>
internal sealed partial class CustomerBook
{
    private readonly ConcurrentDictionary<string, Customer> byKey = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Customer> listed = new();
    private readonly SimulatorOptions settings;
    private readonly SimClock clock;

    public CustomerBook(IOptions<SimulatorOptions> options, SimClock clock)
    {
        settings = options.Value;
        this.clock = clock;
        Seed();
    }

    /// <summary>Customers with a chat, in the order they were added.</summary>
    public IReadOnlyCollection<Customer> Listed => listed;

    /// <summary>By number (any spelling) or user id.</summary>
    public Customer? Find(string key) => byKey.GetValueOrDefault(Normalize(key));

    /// <summary>Adds a customer; the one that is there when number or user id is taken.</summary>
    public Customer Add(Customer customer)
    {
        var added = byKey.GetOrAdd(customer.Key, customer);
        if (customer.Phone is not null && customer.UserId is not null)
        {
            byKey.TryAdd(customer.UserId, added);
        }

        if (ReferenceEquals(added, customer) && !customer.Light)
        {
            listed.Enqueue(customer);
        }

        return added;
    }

    /// <summary>The customer with this number or user id; made up when nobody has it.</summary>
    public Customer GetOrAdd(string key)
    {
        var normal = Normalize(key);
        return byKey.GetValueOrDefault(normal) ?? Add(UserIdForm().IsMatch(normal) ? new Customer { UserId = normal } : new Customer { Phone = normal });
    }

    public CustomerThread Thread(Customer customer, BusinessNumber number) =>
        customer.Thread(number, (one, to) => new CustomerThread(one, to, new TokenBucket(settings.PairBurst, 1 / settings.PairRefillSeconds, clock.Now)));

    /// <summary>The chat that a customer's message belongs to. The number is read from the id itself, so no index grows with the traffic.</summary>
    public CustomerThread? Owner(string messageId, BusinessNumber number)
    {
        if (Wamid.Phone(messageId) is { Length: > 0 } phone)
        {
            return byKey.TryGetValue(phone, out var customer) ? Thread(customer, number) : null;
        }

        return listed.Where(static one => one.Phone is null).Select(one => Thread(one, number)).FirstOrDefault(thread => thread.Change(messageId, static _ => { }) is not null);
    }

    public void Clear()
    {
        byKey.Clear();
        listed.Clear();
        Seed();
    }

    public static bool IsUserId(string text) => UserIdForm().IsMatch(text);

    private static string Normalize(string key) => UserIdForm().IsMatch(key) ? key : string.Concat(key.Where(char.IsAsciiDigit));

    private void Seed()
    {
        if (!settings.DemoCustomers)
        {
            return;
        }

        Add(new Customer { Phone = "15550102231", Name = "Maya Lindqvist" });
        Add(new Customer { Phone = "34655010147", Name = "Tomás Romero", Note = "Español" });
        Add(new Customer { Phone = "15550103318", UserId = "US.10000000000000003318", Username = "@priya.n", Name = "Priya Nair" });
        Add(new Customer { UserId = "US.10000000000000004120", Username = "@cafe.lumen", Name = "Café Lumen", Note = "No number, user id only" });
        Add(new Customer { Phone = "15550107719" });
    }

    [GeneratedRegex(@"^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$")]
    private static partial Regex UserIdForm();
}
