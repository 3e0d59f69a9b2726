using AiBotKit.Hosting.Configuration;

namespace AiBotKit.Chatbots;

/// <summary>The chatbots that the first start creates.</summary>
internal sealed class ChatbotsOptions
{
    public required IReadOnlyList<ConfiguredChatbot> Items { get; init; }

    public static ChatbotsOptions Read(SettingsReader settings)
    {
        var items = new List<ConfiguredChatbot>();
        foreach (var at in settings.Items("Chatbots"))
        {
            var name = settings.Text($"{at}:Name", 80);
            if (name is null)
            {
                settings.Refuse($"{at}:Name", "a name of 1 to 80 characters");
            }
            else if (items.Any(i => string.Equals(i.Name, name, StringComparison.OrdinalIgnoreCase)))
            {
                settings.Refuse($"{at}:Name", "different from the names of the other chatbots");
            }

            items.Add(new ConfiguredChatbot(
                name ?? "",
                settings.Text($"{at}:Instructions", 8000),
                settings.Text($"{at}:FallbackMessage", 1000),
                settings.Text($"{at}:Disclosure", 200),
                settings.Choice($"{at}:AnswerScope", AnswerScope.KnowledgeOnly),
                settings.Flag($"{at}:Reseed", false)));
        }

        settings.RefuseUnknown("Chatbots");
        return new ChatbotsOptions { Items = items };
    }
}

/// <summary>One chatbot as configured; null leaves the default.</summary>
internal sealed record ConfiguredChatbot(string Name, string? Instructions, string? FallbackMessage, string? Disclosure, AnswerScope AnswerScope, bool Reseed);
