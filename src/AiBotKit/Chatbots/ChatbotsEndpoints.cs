using AiBotKit.Hosting.Configuration;

namespace AiBotKit.Chatbots;

/// <summary>The bots of an account.</summary>
internal static class ChatbotsEndpoints
{
    public static void AddChatbots(this WebApplicationBuilder builder, SettingsReader settings)
    {
        builder.Services.AddSingleton(ChatbotsOptions.Read(settings));
        builder.Services.AddHostedService<SeedChatbots>();
    }
}
