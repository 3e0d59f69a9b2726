using System.Text.Json;

namespace AiBotKit.Channels.WhatsApp;

/// <summary><c>value.contacts</c> by number and by BSUID: <c>contacts[i]</c> is not tied to <c>messages[i]</c> (wire facts 2.1).</summary>
internal sealed class SenderContacts
{
    private readonly Dictionary<string, Sender> byIdentity = new(StringComparer.Ordinal);

    internal sealed record Sender(string? Phone, string? UserId, string? Name, string? Username);

    public static SenderContacts? Read(JsonElement value)
    {
        if (!value.TryGetArray("contacts"u8, out var list))
        {
            return null;
        }

        var contacts = new SenderContacts();
        foreach (var element in list.EnumerateArray())
        {
            var waId = element.Text("wa_id"u8);
            var phone = SessionIds.PhoneDigits(waId);
            var userId = element.Text("user_id"u8) is { } id && SessionIds.IsUserId(id) ? id : SessionIds.IsUserId(waId) ? waId : null;
            var profile = element.TryGet("profile"u8, out var value2) ? value2 : default;
            var sender = new Sender(phone, userId, profile.Line("name"u8), profile.Line("username"u8));
            contacts.Add(phone, sender);
            contacts.Add(userId, sender);
        }

        return contacts;
    }

    public Sender? Find(string? phone, string? userId) =>
        phone is not null && byIdentity.TryGetValue(phone, out var byPhone) ? byPhone
        : userId is not null && byIdentity.TryGetValue(userId, out var byUser) ? byUser
        : null;

    private void Add(string? identity, Sender sender)
    {
        if (identity is null)
        {
            return;
        }

        // A nameless repetition must not hide the name.
        if (!byIdentity.TryGetValue(identity, out var known) || (known.Name is null && sender.Name is not null))
        {
            byIdentity[identity] = sender;
        }
    }
}
