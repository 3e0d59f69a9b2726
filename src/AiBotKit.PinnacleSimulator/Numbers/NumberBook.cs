using System.Text;
using AiBotKit.PinnacleSimulator.Clock;
using AiBotKit.PinnacleSimulator.Messages;
using Microsoft.Extensions.Options;

namespace AiBotKit.PinnacleSimulator.Numbers;

/// <summary>All business numbers; the first one is the default of every control call.</summary>
internal sealed class NumberBook
{
    private readonly Dictionary<string, BusinessNumber> byId;

    public NumberBook(IOptions<SimulatorOptions> options, SimClock clock)
    {
        var settings = options.Value;
        List<SimulatorOptions.NumberOptions> numbers = settings.Numbers.Count > 0 ? settings.Numbers :
            [new() { PhoneNumberId = "300000000000001", DisplayPhoneNumber = "15550100001", WabaId = "200000000000001", Name = "Tidewick Coffee" }];
        List<KeyValuePair<string, string>> headers = settings.StaticHeaderName.Length > 0
            ? [new(settings.StaticHeaderName, settings.StaticHeaderValue)]
            : [];
        var target = new WebhookTarget(new Uri(settings.WebhookUrl), headers);
        All = [.. numbers.Select(one => new BusinessNumber(one, one.WebhookSecret.Length > 0 ? target with { Secret = Encoding.UTF8.GetBytes(one.WebhookSecret) } : target, new TokenBucket(settings.MessagesPerSecond, settings.MessagesPerSecond, clock.Now)))];
        byId = All.ToDictionary(one => one.PhoneNumberId, StringComparer.Ordinal);
    }

    private int failingDetails;

    public IReadOnlyList<BusinessNumber> All { get; }

    /// <summary>The next <c>getuserdetails</c> answers 502.</summary>
    public void FailDetailsOnce() => Interlocked.Exchange(ref failingDetails, 1);

    public bool TakeDetailsFailure() => Interlocked.Exchange(ref failingDetails, 0) == 1;

    /// <summary>The number with this id; the first one when no id is given; null when there is none.</summary>
    public BusinessNumber? Find(string? phoneNumberId) => string.IsNullOrEmpty(phoneNumberId) ? All[0] : byId.GetValueOrDefault(phoneNumberId);
}
