using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Channels;

/// <summary>
/// One business number joined to one chatbot. The row survives Disconnect with empty credentials and is reused, so that
/// message keys and threads continue when the number comes back.
/// </summary>
internal sealed class Connection
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ChatbotId { get; set; }

    /// <summary><c>whatsapp</c>.</summary>
    public required string Channel { get; init; }

    /// <summary><c>Pinnacle</c> or <c>MetaCloud</c>.</summary>
    public required string Provider { get; set; }

    public required string BaseUrl { get; set; }

    /// <summary>True when the operator wrote <see cref="BaseUrl"/> in configuration: that exact endpoint passes the outbound door (S-S9).</summary>
    public bool BaseUrlFromConfiguration { get; set; }

    public required string WabaId { get; set; }

    /// <summary>The provider's id of our number; webhooks are routed by it.</summary>
    public required string PhoneNumberId { get; set; }

    public required string DisplayPhoneNumber { get; set; }

    /// <summary>The provider key, protected with purpose (account, kind); null after Disconnect.</summary>
    public string? ApiKeyProtected { get; set; }

    /// <summary>The end of the provider key, to tell keys apart (S-K4); null of a key too short for that, and after Disconnect.</summary>
    public string? ApiKeyLast4 { get; set; }

    /// <summary>Signs this number's callbacks, protected; null: only the installation's own callback secret does. Gone after Disconnect.</summary>
    public string? WebhookSecretProtected { get; set; }

    /// <summary>The signing secret before the last change, protected; accepted until <see cref="PreviousWebhookSecretUntil"/> (S-W5).</summary>
    public string? PreviousWebhookSecretProtected { get; set; }

    /// <summary>Null while the provider has not confirmed the new secret: then the one before is accepted without a limit.</summary>
    public DateTimeOffset? PreviousWebhookSecretUntil { get; set; }

    /// <summary>Stands in the query of this number's callback address and selects the secret to verify with; it proves nothing. Null when none was registered.</summary>
    public string? CallbackKey { get; set; }

    /// <summary>Value of the header that <c>setwebhook</c> asked the provider to send with each callback, protected.</summary>
    public string? CallbackHeaderProtected { get; set; }

    /// <summary>The provider was seen to send that header: from then on a callback under this number's own secret needs it.</summary>
    public bool CallbackHeaderRequired { get; set; }

    /// <summary>Answers the GET handshake at this number's callback address, protected.</summary>
    public string? VerifyTokenProtected { get; set; }

    /// <summary>When the provider last took our callback address; null when we never told it.</summary>
    public DateTimeOffset? WebhookSetAt { get; set; }

    /// <summary>Since when a new connection waits for the provider to take our callback address; null when it does not wait.</summary>
    public DateTimeOffset? ConnectingSince { get; set; }

    /// <summary>SHA-256 of the token in the test event that was last asked for.</summary>
    public byte[]? TestTokenHash { get; set; }

    public DateTimeOffset? TestAskedAt { get; set; }

    /// <summary>When our own test event came back through the provider, rightly signed.</summary>
    public DateTimeOffset? TestArrivedAt { get; set; }

    /// <summary>The Enable WhatsApp switch; null (rows older than the switch) counts as on.</summary>
    public bool? Enabled { get; set; }

    /// <summary>The account's plan has no channels. Apart from <see cref="Enabled"/>, so that a larger plan resumes what this paused and nothing else.</summary>
    public bool PausedByPlan { get; set; }

    /// <summary>When it was last switched off, by its owner or the plan; stays when it is on again.</summary>
    public DateTimeOffset? PausedAt { get; set; }

    /// <summary>Ownership epoch: raised in the transaction of every disable, disconnect and plan change.</summary>
    public long Epoch { get; set; }

    /// <summary>When a person last connected it or changed how; what the provider said before is an old story.</summary>
    public DateTimeOffset ConnectedAt { get; set; }

    public DateTimeOffset? DisconnectedAt { get; set; }

    /// <summary>Why the provider refuses us (key, lock, payment) or ended the connection, in plain words; null when usable. Shown to the owner; sends are held while <see cref="ProbeAt"/> is set as well.</summary>
    public string? BrokenReason { get; set; }

    /// <summary>While sends are held: when one message may try again whether the provider takes it. Null when they are not (F20).</summary>
    public DateTimeOffset? ProbeAt { get; set; }

    public int MessagesPerSecond { get; set; } = 80;

    public int PairBurst { get; set; } = 45;

    public double PairRefillSeconds { get; set; } = 6;

    public int MaxInFlightSends { get; set; } = 32;

    /// <summary>Learned: do this provider's statuses echo biz_opaque_callback_data? Null until the first status of a keyed send.</summary>
    public bool? EchoesKeys { get; set; }

    public DateTimeOffset? LastWebhookAt { get; set; }

    public DateTimeOffset? LastSendAt { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Connection>
    {
        public void Configure(EntityTypeBuilder<Connection> builder)
        {
            builder.ToTable("connections").HasKey(c => c.Id);
            // One phone number belongs to one chatbot at a time; what was disconnected may belong to somebody else by now.
            builder.HasIndex(c => c.PhoneNumberId).IsUnique().HasFilter("\"DisconnectedAt\" IS NULL");
            // One live WhatsApp connection per chatbot.
            builder.HasIndex(c => new { c.ChatbotId, c.Channel }).IsUnique().HasFilter("\"DisconnectedAt\" IS NULL");
        }
    }
}
