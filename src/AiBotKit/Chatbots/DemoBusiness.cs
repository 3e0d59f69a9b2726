using AiBotKit.Hosting.Configuration;

namespace AiBotKit.Chatbots;

/// <summary>
/// Setting <c>Demo:Enabled</c>: while no chatbot is configured, the invented business of the samples stands in, with its chatbot and its
/// knowledge (copied beside the program). Any other source of settings wins over it.
/// </summary>
internal static class DemoBusiness
{
    public static void AddDemo(this WebApplicationBuilder builder, SettingsReader settings)
    {
        var wanted = settings.Flag("Demo:Enabled", false);
        settings.RefuseUnknown("Demo");
        if (!wanted || settings.IsSet("Chatbots"))
        {
            return;
        }

        builder.Configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Chatbots:0:Name"] = "Tidewick Assistant",
                ["Chatbots:0:Instructions"] = "You help the customers of Tidewick Coffee, a coffee roaster in Porto. Be friendly and brief.",
                ["Chatbots:0:FallbackMessage"] = "I don't have an answer for that yet. A person at Tidewick will look at your message.",
                ["Knowledge:Folder"] = Path.Combine(AppContext.BaseDirectory, "demo", "knowledge"),
            },
        });
    }
}
