using AiBotKit.Accounts;
using AiBotKit.Accounts.Plans;
using AiBotKit.Assistant;
using AiBotKit.Channels.WhatsApp;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Hosting;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Hosting.Mail;
using AiBotKit.Hosting.Secrets;
using AiBotKit.Hosting.Telemetry;
using AiBotKit.Knowledge;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Hosting;

/// <summary>Every setting that the product reads, with a value that it must refuse by name.</summary>
public sealed class SettingsTests
{
    private static readonly Dictionary<string, string?> Good = new()
    {
        ["Urls"] = "http://localhost:5080;http://[::]:80",
        ["Simulator:Enabled"] = "True",
        ["Chatbots:0:Name"] = "Shop",
        ["WhatsApp:CallbackSecret"] = "callback-secret",
        ["WhatsApp:Connections:0:Chatbot"] = "Shop",
        ["WhatsApp:Connections:0:PhoneNumberId"] = "1001",
        ["WhatsApp:Connections:0:Provider"] = "metacloud",
        ["Chatbots:0:AnswerScope"] = "knowledgefirst",
    };

    private static readonly string[] Plans = ["Free", "Basic", "Essential", "Business", "Unlimited"];

    public static TheoryData<string, string, string> Refused => new(
    [
        .. One,
        .. Plans.SelectMany(plan => OfAPlan.Select(row => new TheoryDataRow<string, string, string>($"Plans:{plan}:{row.Name}", row.Value, row.Allowed))),
    ]);

    private static IEnumerable<(string Name, string Value, string Allowed)> OfAPlan =>
    [
        ("AiMessages", "many", "a whole number from 0 to"),
        ("Chatbots", "-1", "or unlimited"),
        ("StorageCharacters", "10M", "a whole number from 0 to"),
        ("Channels", "WhatsApp", "true or false"),
        ("Handover", "yes", "true or false"),
        ("LeadEmail", "yes", "true or false"),
        ("Webhooks", "2", "true or false"),
        ("Security", "on", "true or false"),
        ("MostAddOns", "11", "a whole number from 0 to 10"),
        ("PriceMonthly", new string('p', 61), "at most 60 characters"),
        ("PriceYearly", new string('p', 61), "at most 60 characters"),
    ];

    private static TheoryData<string, string, string> One => new()
    {
        { "Urls", "localhost:5080", "http:// or https:// addresses" },
        { "Urls", "http://localhost:5080/path", "http:// or https:// addresses" },
        { "Urls", "http://localhost:99999", "http:// or https:// addresses" },
        { "PublicUrl", "shop.example", "an absolute http:// or https:// address" },
        { "PublicUrl", "https://me:pw@shop.example", "an absolute http:// or https:// address" },
        { "Simulator:Enabled", "maybe", "true or false" },
        { "Simulator:Url", "localhost:5081", "an absolute http:// or https:// address" },
        { "Api:Key", "twenty-three-characters", "24 to 4096 characters" },
        { "Api:Key", "changeme-changeme-changeme", "a real secret" },
        { "Accounts:SignUp", "Everybody", "Invite or Open" },
        { "Accounts:SessionIdleHours", "0", "a whole number from 1 to 720" },
        { "Accounts:SessionDays", "366", "a whole number from 1 to 365" },
        { "Mail:Host", "mail server", "the name or address of a mail server" },
        { "Mail:Port", "0", "a whole number from 1 to 65535" },
        { "Mail:User", new string('u', 255), "at most 254 characters" },
        { "Mail:Password", "a password", "1 to 4096 characters without spaces" },
        { "Mail:From", "shop", "an e-mail address" },
        { "Mail:Tls", "Maybe", "Auto or Off" },
        { "Http:KnownProxies", "proxy", "a list of IP addresses" },
        { "Http:AllowInsecure", "yes", "true or false" },
        { "Secrets:MasterKey", "abc", "a key of 256 bits" },
        { "Secrets:MasterKeyFile", "/nowhere/master.key", "a readable file" },
        { "WhatsApp:CallbackSecret", "zz", "6 to 4096 characters" },
        { "WhatsApp:PreviousCallbackSecret", "a b c d e f", "6 to 4096 characters" },
        { "WhatsApp:SignatureHeader", "X Hub", "the name of an HTTP header" },
        { "WhatsApp:SignaturePrefix", new string('x', 41), "at most 40 characters" },
        { "WhatsApp:SignatureEncoding", "Hex64", "Hex or Base64" },
        { "WhatsApp:StaticHeaderName", "X:Y", "the name of an HTTP header" },
        { "WhatsApp:StaticHeaderValue", "value-without-name", "set together with" },
        { "WhatsApp:VerifyToken", "a", "4 to 4096 characters" },
        { "WhatsApp:Onboarding:BaseUrl", "pinnacle.example", "an absolute http:// or https:// address" },
        { "WhatsApp:Onboarding:PartnerKey", "short", "6 to 4096 characters" },
        { "WhatsApp:Onboarding:PartnerId", new string('p', 101), "at most 100 characters" },
        { "Simulator:ApiKey", "your-key-here", "a real secret" },
        { "WhatsApp:AmbiguousWaitSeconds", "0", "a whole number from 1 to 600" },
        { "WhatsApp:Connections:0:Chatbot", "Shopp", "one of Shop" },
        { "WhatsApp:Connections:0:Provider", "Twilio", "Pinnacle or MetaCloud" },
        { "WhatsApp:Connections:0:Provider", "1", "Pinnacle or MetaCloud" },
        { "WhatsApp:Connections:0:BaseUrl", "ftp://provider.example", "an absolute http:// or https:// address" },
        { "WhatsApp:Connections:0:WabaId", new string('1', 41), "at most 40 characters" },
        { "WhatsApp:Connections:0:PhoneNumberId", "+1001", "digits only" },
        { "WhatsApp:Connections:0:DisplayPhoneNumber", new string('1', 41), "at most 40 characters" },
        { "WhatsApp:Connections:0:ApiKey", "your-key-here", "a real secret" },
        { "WhatsApp:Connections:0:Enabled", "1", "true or false" },
        { "WhatsApp:Connections:0:MessagesPerSecond", "0", "a whole number from 1 to" },
        { "WhatsApp:Connections:0:PairBurst", "-1", "a whole number from 1 to" },
        { "WhatsApp:Connections:0:PairRefillSeconds", "6s", "a number from 0 to 3600" },
        { "WhatsApp:Connections:0:PairRefillSeconds", "NaN", "a number from 0 to 3600" },
        { "WhatsApp:Connections:0:MaxInFlightSends", "2000", "a whole number from 1 to 1024" },
        { "WhatsApp:Connections:0:Reseed", "once", "true or false" },
        { "Chatbots:0:Name", new string('n', 81), "80 characters" },
        { "Chatbots:0:Instructions", new string('n', 8001), "at most 8000 characters" },
        { "Chatbots:0:FallbackMessage", new string('n', 1001), "at most 1000 characters" },
        { "Chatbots:0:Disclosure", new string('n', 201), "at most 200 characters" },
        { "Chatbots:0:AnswerScope", "Everything", "KnowledgeOnly or KnowledgeFirst" },
        { "Chatbots:0:Reseed", "yes", "true or false" },
        { "Knowledge:Folder", "/nowhere/knowledge", "an existing folder" },
        { "Conversations:QuietWindowMs", "10001", "a whole number from 0 to 10000" },
        { "Conversations:QuietWindowCapMs", "1", "at least Conversations:QuietWindowMs" },
        { "Conversations:StaleAfterMinutes", "1.5", "a whole number from 1 to 1440" },
        { "Conversations:LoopGuardTurns", "-1", "a whole number from 0 to 25" },
        { "Plans:Default", "Gold", "Free, Basic, Essential, Business or Unlimited" },
        { "Plans:OperatorContact", new string('c', 201), "at most 200 characters" },
        { "Telemetry:OtlpEndpoint", "collector:4317", "an absolute http:// or https:// address" },
        { "OTEL_EXPORTER_OTLP_ENDPOINT", "collector", "an absolute http:// or https:// address" },
        { "Retention:RawItemDays", "0", "a whole number from 1 to 3650" },
        { "Retention:AuditDays", "29", "a whole number from 30 to 3650" },
        { "Assistant:Provider", "Azure", "none, OpenAI, Anthropic" },
        { "Assistant:BaseUrl", "models", "an absolute http or https address" },
        { "Assistant:Model", new string('m', 201), "at most 200 characters" },
        { "Assistant:ApiKey", "<my-key>", "a real secret" },
        { "Assistant:MaxConcurrency", "many", "a whole number from 1 to 1024" },
        { "Assistant:FirstTokenSeconds", "61", "a whole number from 1 to 60" },
        { "Assistant:IdleSeconds", "0", "a whole number from 1 to 60" },
        { "Assistant:TotalSeconds", "600", "a whole number from 1 to 60" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_wrong_value_is_refused_with_the_name_and_what_is_allowed(string key, string value, string allowed)
    {
        var withModel = key.StartsWith("Assistant:", StringComparison.Ordinal) ? new Dictionary<string, string?>(Good) { ["Assistant:Provider"] = "OpenAI", ["Assistant:Model"] = "m", ["Assistant:ApiKey"] = "k" } : new Dictionary<string, string?>(Good);
        withModel[key] = value;
        var problem = Read(withModel).Problems.FirstOrDefault(p => p.StartsWith(key, StringComparison.Ordinal) || p.Contains(key, StringComparison.Ordinal) || (key.EndsWith("StaticHeaderValue", StringComparison.Ordinal) && p.Contains("StaticHeader", StringComparison.Ordinal)));
        problem.ShouldNotBeNull();
        problem.ShouldContain(allowed);
        if (key.EndsWith("Key", StringComparison.Ordinal) || key.EndsWith("Secret", StringComparison.Ordinal))
        {
            problem[key.Length..].ShouldNotContain(value);
        }
    }

    [Fact]
    public void Good_values_are_taken_whatever_their_case()
    {
        Read(Good).Problems.ShouldBeEmpty();
        Read([]).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Every_setting_that_is_read_has_a_refused_value_here()
    {
        var here = Refused.Select(row => row.Data.Item1).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Read(Good).Known.Except(here, StringComparer.OrdinalIgnoreCase).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Api:Keys", "Api:Key")]
    [InlineData("Knowledge:Folders", "Knowledge:Folder")]
    [InlineData("Assistant:Modell", "Assistant:Model")]
    [InlineData("Conversations:QuietWindow", "Conversations:QuietWindowMs")]
    [InlineData("Plans:Free:AiMessage", "Plans:Free:AiMessages")]
    [InlineData("Plans:Gold:AiMessages", null)]
    [InlineData("Chatbots:0:Fallback", null)]
    [InlineData("WhatsApp:Connections:0:PhoneNumber", "WhatsApp:Connections:0:PhoneNumberId")]
    public void A_misspelt_name_is_refused_with_the_name_that_was_meant(string key, string? meant)
    {
        var problem = Read(new(Good) { [key] = "true" }).Problems.Single(p => p.StartsWith(key, StringComparison.Ordinal));
        problem.ShouldContain(meant is null ? "there is no such setting" : $"did you mean {meant}?");
    }

    private static SettingsReader Read(Dictionary<string, string?> values)
    {
        var settings = new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        ListenAddresses.Read(settings);
        HttpOptions.Read(settings);
        TelemetrySetup.Read(settings);
        SecretsOptions.Read(settings);
        AccountsOptions.Read(settings);
        PlanCatalogue.Read(settings);
        MailOptions.Read(settings);
        var chatbots = ChatbotsOptions.Read(settings);
        WhatsAppSettings.Read(settings, [.. chatbots.Items.Select(c => c.Name)]);
        ConversationsOptions.Read(settings);
        AssistantOptions.Read(settings);
        KnowledgeOptions.Read(settings);
        RetentionOptions.Read(settings);
        return settings;
    }
}
