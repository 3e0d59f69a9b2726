using System.Globalization;

namespace AiBotKit.Bench.EndToEnd;

/// <summary>Invented settings of the product and the simulator under load, as environment variables.</summary>
internal static class RigSettings
{
    public const string Secret = "bench-callback-secret-0123456789";
    public const string ApiKey = "bench-rest-key-0123456789abcdef";
    public const string ProviderKey = "bench-provider-key-0123456789abcdef";
    public const string Number = "300000000000001";
    public const string WabaId = "200000000000001";
    public const string DisplayNumber = "15550100001";

    public static string Url(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

    /// <summary>A product that answers at once over a model at <paramref name="modelPort"/> (0: none), with limits far above Meta's.</summary>
    public static Dictionary<string, string> Product(string data, string knowledge, int port, int simulatorPort, int modelPort)
    {
        var settings = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["Logging__LogLevel__Default"] = "Warning",
            ["Urls"] = Url(port),
            ["Data__Path"] = data,
            ["Api__Key"] = ApiKey,
            ["Knowledge__Folder"] = knowledge,
            ["Chatbots__0__Name"] = "Shop",
            ["Chatbots__0__AnswerScope"] = "KnowledgeFirst",
            ["Conversations__QuietWindowMs"] = "0",
            ["WhatsApp__CallbackSecret"] = Secret,
        };
        Connect(settings, 0, "Shop", simulatorPort, Number, DisplayNumber);
        if (modelPort > 0)
        {
            settings["Assistant__Provider"] = "OpenAI";
            settings["Assistant__BaseUrl"] = Url(modelPort) + "/v1";
            settings["Assistant__Model"] = "bench";
        }

        return settings;
    }

    /// <summary>Adds a connection to <paramref name="settings"/>.</summary>
    public static void Connect(Dictionary<string, string> settings, int index, string chatbot, int simulatorPort, string number, string displayNumber)
    {
        var at = string.Create(CultureInfo.InvariantCulture, $"WhatsApp__Connections__{index}__");
        foreach (var (name, text) in new Dictionary<string, string>
        {
            ["Chatbot"] = chatbot,
            ["Provider"] = "Pinnacle",
            ["BaseUrl"] = Url(simulatorPort) + "/v3",
            ["WabaId"] = WabaId,
            ["PhoneNumberId"] = number,
            ["DisplayPhoneNumber"] = displayNumber,
            ["ApiKey"] = ProviderKey,
            ["MessagesPerSecond"] = "100000",
            ["PairBurst"] = "100000",
            ["MaxInFlightSends"] = "256",
        })
        {
            settings[at + name] = text;
        }
    }

    /// <summary>A simulator that answers at once and reports sent, delivered and read of every message.</summary>
    public static Dictionary<string, string> Simulator(int port, int productPort, string number, string displayNumber) => new()
    {
        ["Logging__LogLevel__Default"] = "Warning",
        ["Urls"] = Url(port),
        ["Simulator__ApiKey"] = ProviderKey,
        ["Simulator__WebhookSecret"] = Secret,
        ["Simulator__WebhookUrl"] = Url(productPort) + "/api/whatsapp/callback",
        ["Simulator__Numbers__0__PhoneNumberId"] = number,
        ["Simulator__Numbers__0__DisplayPhoneNumber"] = displayNumber,
        ["Simulator__Numbers__0__WabaId"] = WabaId,
        ["Simulator__Numbers__0__Name"] = "Bench",
        ["Simulator__MessagesPerSecond"] = "1000000",
        ["Simulator__PairBurst"] = "1000000",
        ["Simulator__ResponseMinMs"] = "0",
        ["Simulator__ResponseMaxMs"] = "0",
        ["Simulator__Log"] = "false",
        ["Simulator__DemoCustomers"] = "false",
    };
}
