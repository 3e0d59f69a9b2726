using System.Globalization;
using Microsoft.Extensions.Options;

namespace AiBotKit.PinnacleSimulator;

/// <summary>Settings of the simulator, section <c>Simulator</c>. Times are milliseconds unless the name says otherwise.</summary>
internal sealed class SimulatorOptions
{
    /// <summary>The key that callers must present as <c>apikey</c> or as a bearer token. Empty: one is generated and printed at start.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>The partner's key for the exchange of a sign-up. Empty: <see cref="ApiKey"/>.</summary>
    public string PartnerKey { get; set; } = "";

    /// <summary>The business numbers. Empty: the one number of the demo.</summary>
    public List<NumberOptions> Numbers { get; set; } = [];

    /// <summary>Where callbacks go until <c>setwebhook</c> says otherwise.</summary>
    public string WebhookUrl { get; set; } = "http://localhost:5080/api/whatsapp/callback";

    /// <summary>Secret of the callback signature, used as UTF-8 bytes. Empty: one is generated and printed at start.</summary>
    public string WebhookSecret { get; set; } = "";

    public string SignatureHeader { get; set; } = "X-Hub-Signature-256";

    /// <summary>An extra header on every callback, as if <c>setwebhook</c> had registered it. Empty name: none.</summary>
    public string StaticHeaderName { get; set; } = "";

    public string StaticHeaderValue { get; set; } = "";

    /// <summary>Shortest time before a send is answered.</summary>
    public int ResponseMinMs { get; set; } = 50;

    public int ResponseMaxMs { get; set; } = 400;

    /// <summary>Gap from the answer to <c>sent</c>, from there to <c>delivered</c>, from there to <c>read</c>.</summary>
    public int SentAfterMs { get; set; } = 200;

    public int DeliveredAfterMs { get; set; } = 500;

    public int ReadAfterMs { get; set; } = 2000;

    /// <summary>Share of delivered messages that the customer reads, 0 to 1.</summary>
    public double ReadShare { get; set; } = 1;

    /// <summary>False: no status callbacks at all.</summary>
    public bool Statuses { get; set; } = true;

    /// <summary>Messages to one customer that may be sent at once (wire facts 6.2: 45).</summary>
    public int PairBurst { get; set; } = 45;

    /// <summary>Seconds in which the pair limit gives one message back.</summary>
    public double PairRefillSeconds { get; set; } = 6;

    /// <summary>Sends a second for one business number.</summary>
    public int MessagesPerSecond { get; set; } = 80;

    /// <summary>HTTP status of 130429 and 131056: 400 as documented today, 429 as older pages say.</summary>
    public int ThrottleStatus { get; set; } = 400;

    /// <summary>How a send outside the 24-hour window fails: <c>Async</c> (200, then a failed status) or <c>Sync</c> (400).</summary>
    public string WindowError { get; set; } = "Async";

    /// <summary>Callback retries wait this many times shorter than in the schedule of 1 s, 5 s, 30 s … 7 days.</summary>
    public double ClockFactor { get; set; } = 1;

    /// <summary>True: callbacks carry \uXXXX and \/ as Meta writes them. False: plain UTF-8.</summary>
    public bool Escaped { get; set; } = true;

    /// <summary>Callbacks in flight at once. Those of one customer start one after the other.</summary>
    public int WebhookConnections { get; set; } = 64;

    public int WebhookTimeoutMs { get; set; } = 10_000;

    /// <summary>Form of the answer to a media upload: <c>Meta</c> or <c>Wrapped</c>.</summary>
    public string MediaAnswer { get; set; } = "Meta";

    /// <summary>Entries kept in the wire log; older ones are dropped.</summary>
    public int LogCapacity { get; set; } = 5_000;

    /// <summary>False: the wire log stays empty, only counters run.</summary>
    public bool Log { get; set; } = true;

    /// <summary>False: the book of customers starts empty.</summary>
    public bool DemoCustomers { get; set; } = true;

    /// <summary>Shown as a link on the phone page. Empty: the origin of <see cref="WebhookUrl"/>.</summary>
    public string DashboardUrl { get; set; } = "";

    internal sealed class NumberOptions
    {
        public string PhoneNumberId { get; set; } = "";

        public string DisplayPhoneNumber { get; set; } = "";

        public string WabaId { get; set; } = "";

        public string Name { get; set; } = "";

        /// <summary>The only key of this number; empty: the general one.</summary>
        public string ApiKey { get; set; } = "";

        /// <summary>Signs this number's callbacks, as Meta signs with the secret of an app; empty: the general secret.</summary>
        public string WebhookSecret { get; set; } = "";

        /// <summary>At another provider until a sign-up moves it here.</summary>
        public bool Elsewhere { get; set; }

        /// <summary>Put before ten-digit local numbers, as the vendor does.</summary>
        public string CountryCode { get; set; } = "1";
    }
}

/// <summary>Stops the start on a wrong value with a message that names the setting and the allowed values.</summary>
internal sealed class SimulatorOptionsValidator : IValidateOptions<SimulatorOptions>
{
    public ValidateOptionsResult Validate(string? name, SimulatorOptions options)
    {
        List<string> failures = [];
        if (!Uri.TryCreate(options.WebhookUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            failures.Add("Simulator:WebhookUrl must be an absolute http or https address.");
        }

        Range("ResponseMinMs", options.ResponseMinMs, 0, options.ResponseMaxMs);
        Range("ResponseMaxMs", options.ResponseMaxMs, 0, 600_000);
        Range("SentAfterMs", options.SentAfterMs, 0, 86_400_000);
        Range("DeliveredAfterMs", options.DeliveredAfterMs, 0, 86_400_000);
        Range("ReadAfterMs", options.ReadAfterMs, 0, 86_400_000);
        Range("ReadShare", options.ReadShare, 0, 1);
        Range("PairBurst", options.PairBurst, 1, 1_000_000_000);
        Range("PairRefillSeconds", options.PairRefillSeconds, 0.000001, 86_400);
        Range("MessagesPerSecond", options.MessagesPerSecond, 1, 1_000_000_000);
        Range("ClockFactor", options.ClockFactor, 0.001, 1_000_000_000);
        Range("WebhookConnections", options.WebhookConnections, 1, 4096);
        Range("WebhookTimeoutMs", options.WebhookTimeoutMs, 10, 600_000);
        Range("LogCapacity", options.LogCapacity, 10, 1_000_000);
        OneOf("ThrottleStatus", options.ThrottleStatus.ToString(CultureInfo.InvariantCulture), "400", "429");
        OneOf("WindowError", options.WindowError, "Async", "Sync");
        OneOf("MediaAnswer", options.MediaAnswer, "Meta", "Wrapped");
        for (var i = 0; i < options.Numbers.Count; i++)
        {
            var number = options.Numbers[i];
            if (!Digits(number.PhoneNumberId) || !Digits(number.DisplayPhoneNumber) || !Digits(number.WabaId))
            {
                failures.Add($"Simulator:Numbers:{i} needs PhoneNumberId, DisplayPhoneNumber and WabaId, digits only.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Range(string setting, double value, double from, double to)
        {
            if (!(value >= from && value <= to))
            {
                failures.Add(string.Create(CultureInfo.InvariantCulture, $"Simulator:{setting} is {value}; allowed are {from} to {to}."));
            }
        }

        void OneOf(string setting, string value, params ReadOnlySpan<string> allowed)
        {
            foreach (var one in allowed)
            {
                if (string.Equals(one, value, StringComparison.OrdinalIgnoreCase))
                {
                    return;
                }
            }

            failures.Add($"Simulator:{setting} is '{value}'; allowed are {string.Join(", ", allowed!)}.");
        }

        static bool Digits(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
    }
}
