using System.Globalization;
using System.Text;
using AiBotKit.Channels.WhatsApp;
using AiBotKit.Durability;

namespace AiBotKit.Tests.Faults.Crashes;

/// <summary>
/// The truth outside the product, which survives its crashes: what customers sent, which webhooks were acknowledged, what the provider
/// accepted, which switches were answered.
/// </summary>
internal sealed class World(Random random, SimClock clock)
{
    public const string Secret = "invented-simulation-secret";

    private readonly Dictionary<Customer, int> _said = [];
    private int _nextId;

    public Random Random => random;

    public SimClock Clock => clock;

    public List<Customer> Customers { get; } = [];

    /// <summary>Every customer message, by provider id.</summary>
    public Dictionary<string, Said> Messages { get; } = new(StringComparer.Ordinal);

    /// <summary>Webhooks the provider still has to deliver; an unacknowledged one comes back.</summary>
    public List<PendingWebhook> Webhooks { get; } = [];

    public List<AcceptedSend> Accepted { get; } = [];

    /// <summary>Customers whose AI replies are off by an answered switch.</summary>
    public HashSet<Customer> Off { get; } = [];

    /// <summary>What people wrote and the product has answered for, by its text.</summary>
    public List<PersonSaid> Replies { get; } = [];

    /// <summary>Tenants whose connection is off by an answered switch.</summary>
    public HashSet<Tenant> Paused { get; } = [];

    public List<string> Violations { get; } = [];

    public List<string> Trace { get; } = [];

    public bool FaultsOn { get; set; } = true;

    public void Note(string line)
    {
        Trace.Add($"{clock.GetUtcNow():HH:mm:ss.fff} {line}");
        if (Trace.Count > 200)
        {
            Trace.RemoveRange(0, 100);
        }
    }

    public void CustomerWrites(Customer customer)
    {
        var number = _said[customer] = _said.GetValueOrDefault(customer) + 1;
        var names = customer.UserId is null ? Names.Phone : (Names)random.Next(3);
        var said = new Said($"wamid.{_nextId++}", customer, number, clock.World, names);
        Messages.Add(said.Id, said);
        string[] contact = [.. Each(names, $"\"wa_id\":\"{customer.Phone}\"", $"\"user_id\":\"{customer.UserId}\"")];
        string[] sender = [.. Each(names, $"\"from\":\"{customer.Phone}\"", $"\"from_user_id\":\"{customer.UserId}\"")];
        Deliver(Envelope(customer.Tenant, $$$"""
            "contacts":[{"profile":{"name":"C"},{{{string.Join(',', contact)}}}}],"messages":[{{{{string.Join(',', sender)}}},"id":"{{{said.Id}}}","timestamp":"{{{said.At.ToUnixTimeSeconds()}}}","type":"text","text":{"body":"{{{said.Tag}}}?"}}]
            """), [said.Id]);
        Note($"customer {customer} says {said.Tag} as {names}");

        static IEnumerable<string> Each(Names names, string phone, string userId)
        {
            if (names != Names.UserId)
            {
                yield return phone;
            }

            if (names != Names.Phone)
            {
                yield return userId;
            }
        }
    }

    /// <summary>
    /// By what the service window is judged (I6): the provider's clock, or the product's own while that is off, because then it cannot know better.
    /// </summary>
    public DateTimeOffset WindowClock => clock.IsOff ? clock.GetUtcNow() : clock.World;

    /// <summary>Whether a free-form message to the customer may begin at <paramref name="at"/>.</summary>
    public bool IsWindowOpen(Customer customer, DateTimeOffset at) =>
        at < Messages.Values.Where(said => said.Customer == customer).Max(said => said.At) + WindowRules.Length;

    /// <summary>The customer that an address of a connection reaches.</summary>
    public Customer Who(Guid connectionId, string address) => Customers.Single(c => c.Tenant.ConnectionId == connectionId && (c.Phone == address || c.UserId == address));

    /// <summary>The provider takes a send and will report on it; with a code it reports that the message could not be delivered.</summary>
    public string Accept(Customer customer, string recipient, string key, string text, int? failure = null)
    {
        var id = $"wamid.out.{_nextId++}";
        Accepted.Add(new AcceptedSend(customer, SendKeys.Parse(key).RowKey, text, id, failure is not null));
        var echo = customer.Tenant.EchoesKeys ? $",\"biz_opaque_callback_data\":\"{key}\"" : "";
        var errors = failure is { } code ? $",\"errors\":[{{\"code\":{code},\"title\":\"no\"}}]" : "";
        var to = recipient == customer.Phone ? $"\"recipient_id\":\"{recipient}\"" : $"\"recipient_user_id\":\"{recipient}\"";
        foreach (var status in failure is null ? (string[])["sent", "delivered", "read"] : ["failed"])
        {
            if (!FaultsOn || failure is not null || random.Next(12) > 0)
            {
                Deliver(Envelope(customer.Tenant, $$$"""
                    "statuses":[{"id":"{{{id}}}","status":"{{{status}}}","timestamp":"{{{clock.World.ToUnixTimeSeconds()}}}",{{{to}}}{{{echo}}}{{{errors}}}}]
                    """), []);
            }
        }

        Note($"provider accepts {text} as {id}");
        return id;
    }

    /// <summary>The provider says that the business account works again.</summary>
    public void Reinstate(Tenant tenant) => Deliver($$$$"""
        {"object":"whatsapp_business_account","entry":[{"id":"{{{{tenant.WabaId}}}}","time":{{{{clock.World.ToUnixTimeSeconds()}}}},"changes":[{"field":"account_update","value":{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"REINSTATE"}}}]}]}
        """, []);

    private void Deliver(string json, string[] ids)
    {
        var body = Encoding.UTF8.GetBytes(json);
        var webhook = new PendingWebhook(body, WebhookSignature.Sign(Secret, body), ids);
        var at = FaultsOn ? random.Next(Math.Max(0, Webhooks.Count - 6), Webhooks.Count + 1) : Webhooks.Count;
        Webhooks.Insert(at, webhook);
        if (FaultsOn && random.Next(8) == 0)
        {
            Webhooks.Add(webhook);
        }
    }

    private static string Envelope(Tenant tenant, string value) => $$$"""
        {"object":"whatsapp_business_account","entry":[{"id":"{{{tenant.WabaId}}}","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"{{{tenant.DisplayPhone}}}","phone_number_id":"{{{tenant.PhoneNumberId}}}"},
        """ + value.Trim() + "}}]}]}";
}

/// <summary>One account with its number.</summary>
internal sealed record Tenant(char Name, Guid AccountId, Guid ChatbotId, Guid ConnectionId, string PhoneNumberId, string WabaId, string DisplayPhone, bool EchoesKeys);

/// <param name="UserId">Set for one who is known now by number, now by user id, now by both (wire facts 3.1).</param>
internal sealed record Customer(Tenant Tenant, string Phone, string? UserId = null)
{
    public override string ToString() => $"{Tenant.Name}{Phone[^2..]}";
}

/// <summary>A customer message; its text is a tag that names tenant, customer and number.</summary>
internal sealed record Said(string Id, Customer Customer, int Number, DateTimeOffset At, Names Names)
{
    public string Tag { get; } = string.Create(CultureInfo.InvariantCulture, $"<{Customer.Tenant.Name}{Customer.Phone[^2..]}.{Number}>");

    public bool Acknowledged { get; set; }

    /// <summary>Delivered for the first time, and stored, while its connection was off.</summary>
    public bool CameWhilePaused { get; set; }
}

/// <summary>A person's own message that the product said is stored.</summary>
internal sealed record PersonSaid(Guid MessageId, Customer Customer, string Text)
{
    /// <summary>No AI text begins so, and no tag of a customer is in it.</summary>
    public static string Words(int number) => $"person {number}";

    public static bool Is(string text) => text.StartsWith("person ", StringComparison.Ordinal);
}

/// <summary>By what a message names its customer.</summary>
internal enum Names
{
    Phone,
    UserId,
    Both,
}

internal sealed record PendingWebhook(byte[] Body, string Signature, string[] MessageIds)
{
    public int Tries { get; set; }
}

internal sealed record AcceptedSend(Customer Customer, string Key, string Text, string ProviderId, bool Failed = false);
