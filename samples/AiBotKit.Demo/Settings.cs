using System.Globalization;

namespace AiBotKit.Demo;

/// <summary>The settings of both servers, as environment variables: secrets do not show in the list of processes.</summary>
internal static class Settings
{
    private const string PhoneNumberId = "300000000000001";
    private const string DisplayPhoneNumber = "15550100001";
    private const string WabaId = "200000000000001";

    /// <summary>What the assistant says when the knowledge holds no answer; the demo looks for it.</summary>
    public const string Fallback = "I don't have an answer for that yet. A person at Tidewick will look at your message.";

    public const string Disclosure = "I am an AI assistant.";

    public static Dictionary<string, string> Product(Installation keys, string data, string knowledge, int port, int simulatorPort) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["Urls"] = Url(port),
        ["Data__Path"] = data,
        ["Api__Key"] = keys.ApiKey,
        ["Simulator__Enabled"] = "true",
        ["Simulator__Url"] = Url(simulatorPort),
        ["Knowledge__Folder"] = knowledge,
        ["Chatbots__0__Name"] = "Tidewick Assistant",
        ["Chatbots__0__Instructions"] = "You help the customers of Tidewick Coffee, a coffee roaster in Porto. Be friendly and brief.",
        ["Chatbots__0__FallbackMessage"] = Fallback,
        ["Chatbots__0__Disclosure"] = Disclosure,
        ["WhatsApp__CallbackSecret"] = keys.CallbackSecret,
        ["WhatsApp__Onboarding__PartnerKey"] = keys.ProviderKey,
        ["WhatsApp__VerifyToken"] = keys.VerifyToken,
        ["WhatsApp__Connections__0__Chatbot"] = "Tidewick Assistant",
        ["WhatsApp__Connections__0__Provider"] = "Pinnacle",
        ["WhatsApp__Connections__0__BaseUrl"] = Url(simulatorPort),
        ["WhatsApp__Connections__0__WabaId"] = WabaId,
        ["WhatsApp__Connections__0__PhoneNumberId"] = PhoneNumberId,
        ["WhatsApp__Connections__0__DisplayPhoneNumber"] = DisplayPhoneNumber,
        ["WhatsApp__Connections__0__ApiKey"] = keys.ProviderKey,
        ["WhatsApp__Connections__0__Enabled"] = "true",
        // The database rules after the first start; only a moved simulator is written over it.
        ["WhatsApp__Connections__0__Reseed"] = keys.SimulatorPort != 0 && keys.SimulatorPort != simulatorPort ? "true" : "false",
    };

    public static Dictionary<string, string> Simulator(Installation keys, int port, int productPort) => new()
    {
        ["Urls"] = Url(port),
        ["Simulator__ApiKey"] = keys.ProviderKey,
        ["Simulator__WebhookSecret"] = keys.CallbackSecret,
        ["Simulator__WebhookUrl"] = Url(productPort) + "/api/whatsapp/callback",
        ["Simulator__DashboardUrl"] = Url(productPort),
        ["Simulator__Numbers__0__PhoneNumberId"] = PhoneNumberId,
        ["Simulator__Numbers__0__DisplayPhoneNumber"] = DisplayPhoneNumber,
        ["Simulator__Numbers__0__WabaId"] = WabaId,
        ["Simulator__Numbers__0__Name"] = "Tidewick Coffee",
    };

    public static string Url(int port) => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}");
}
