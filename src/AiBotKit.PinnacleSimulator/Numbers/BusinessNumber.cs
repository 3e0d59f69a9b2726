using AiBotKit.PinnacleSimulator.Messages;

namespace AiBotKit.PinnacleSimulator.Numbers;

/// <summary>A business number that the simulator hosts, with its callback registration and its throughput limit.</summary>
internal sealed class BusinessNumber(SimulatorOptions.NumberOptions settings, WebhookTarget target, TokenBucket throughput)
{
    private WebhookTarget target = target;

    public string PhoneNumberId { get; } = settings.PhoneNumberId;

    /// <summary>Digits only.</summary>
    public string DisplayPhoneNumber { get; } = settings.DisplayPhoneNumber;

    public string WabaId { get; } = settings.WabaId;

    public string Name { get; } = settings.Name.Length > 0 ? settings.Name : settings.DisplayPhoneNumber;

    public string CountryCode { get; } = settings.CountryCode;

    public TokenBucket Throughput { get; } = throughput;

    public WebhookTarget Target
    {
        get => Volatile.Read(ref target);
        set => Volatile.Write(ref target, value);
    }
}

/// <summary>Where the callbacks of a number go, and the headers that <c>setwebhook</c> asked to have echoed.</summary>
internal sealed record WebhookTarget(Uri Url, IReadOnlyList<KeyValuePair<string, string>> Headers);
