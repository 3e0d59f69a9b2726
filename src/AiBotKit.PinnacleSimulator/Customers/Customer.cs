using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using AiBotKit.PinnacleSimulator.Numbers;

namespace AiBotKit.PinnacleSimulator.Customers;

/// <summary>A person with WhatsApp: by phone, or by business-scoped user id only.</summary>
internal sealed class Customer
{
    private readonly ConcurrentDictionary<string, CustomerThread> threads = new(StringComparer.Ordinal);
    private byte[]? contact;

    /// <summary>Digits; null when the business cannot see a number.</summary>
    public string? Phone { get; init; }

    /// <summary>BSUID, e.g. US.1349…; null when callbacks do not carry one.</summary>
    public string? UserId { get; init; }

    /// <summary>With the leading @.</summary>
    public string? Username { get; init; }

    public string? Name { get; init; }

    /// <summary>A line for the list of customers.</summary>
    public string? Note { get; init; }

    /// <summary>A customer of a load run: no chat is kept.</summary>
    public bool Light { get; init; }

    public bool Blocked { get; set; }

    /// <summary>Number or user id; names the customer in the control API.</summary>
    public string Key => Phone ?? UserId!;

    public IEnumerable<CustomerThread> Threads => threads.Values;

    /// <summary>The <c>contacts[]</c> entry of this customer.</summary>
    public byte[] Contact => contact ??= WriteContact();

    public CustomerThread Thread(BusinessNumber number, Func<Customer, BusinessNumber, CustomerThread> create) =>
        threads.TryGetValue(number.PhoneNumberId, out var thread)
            ? thread
            : threads.GetOrAdd(number.PhoneNumberId, (_, arg) => arg.create(arg.self, arg.number), (create, self: this, number));

    private byte[] WriteContact()
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer, WireJson.Writer))
        {
            json.WriteStartObject();
            json.WriteStartObject("profile"u8);
            if (Name is not null)
            {
                json.WriteString("name"u8, Name);
            }

            if (Username is not null)
            {
                json.WriteString("username"u8, Username);
            }

            json.WriteEndObject();
            if (Phone is not null)
            {
                json.WriteString("wa_id"u8, Phone);
            }

            if (UserId is not null)
            {
                json.WriteString("user_id"u8, UserId);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
