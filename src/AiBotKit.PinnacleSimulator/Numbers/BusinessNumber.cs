using AiBotKit.PinnacleSimulator.Messages;

namespace AiBotKit.PinnacleSimulator.Numbers;

/// <summary>A business number that the simulator hosts, with its callback registration and its throughput limit.</summary>
internal sealed class BusinessNumber(SimulatorOptions.NumberOptions settings, WebhookTarget target, TokenBucket throughput)
{
    private WebhookTarget target = target;
    private IReadOnlyList<string> keys = settings.ApiKey.Length > 0 ? [settings.ApiKey] : [];

    public string PhoneNumberId { get; } = settings.PhoneNumberId;

    /// <summary>Digits only.</summary>
    public string DisplayPhoneNumber { get; } = settings.DisplayPhoneNumber;

    public string WabaId { get; } = settings.WabaId;

    public string Name { get; } = settings.Name.Length > 0 ? settings.Name : settings.DisplayPhoneNumber;

    /// <summary>As Meta rates it: GREEN, YELLOW, RED.</summary>
    public string Quality { get; set; } = "GREEN";

    public string CountryCode { get; } = settings.CountryCode;

    public TokenBucket Throughput { get; } = throughput;

    /// <summary>At another provider: no key of ours owns it yet.</summary>
    public bool Elsewhere { get; set; } = settings.Elsewhere;

    /// <summary>An app is subscribed to the number's account; without one no callback is sent.</summary>
    public bool Subscribed { get; set; } = true;

    /// <summary>Meta's code that every call of this number's key is refused with (locked, no payment…); null: none.</summary>
    public int? Refusal { get; set; }

    /// <summary>The status that <c>testwebhook</c> answers; null: it does what it says.</summary>
    public int? TestEventStatus { get; set; }

    /// <summary>Meta's codes of what stands in the way of its move here.</summary>
    public IReadOnlyList<int> Obstacles { get; set; } = [];

    /// <summary>The API keys of this number alone; empty: the general key is its key.</summary>
    public IReadOnlyList<string> Keys
    {
        get => Volatile.Read(ref keys);
        set => Volatile.Write(ref keys, value);
    }

    public WebhookTarget Target
    {
        get => Volatile.Read(ref target);
        set => Volatile.Write(ref target, value);
    }
}

/// <summary>Where the callbacks of a number go, the headers that <c>setwebhook</c> asked to have echoed, and the secret it gave to sign with.</summary>
/// <param name="Secret">UTF-8 bytes; null: the general secret signs.</param>
internal sealed record WebhookTarget(Uri Url, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[]? Secret = null);
