using System.ClientModel;
using System.ClientModel.Primitives;
using AiBotKit.Accounts;
using AiBotKit.Chatbots;
using AiBotKit.Durability;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Hosting.Outbound;
using AiBotKit.Knowledge;
using Anthropic;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenAI;

namespace AiBotKit.Assistant;

/// <summary>Composition of the assistant; it has no routes of its own.</summary>
internal static class AssistantEndpoints
{
    public static void AddAssistant(this WebApplicationBuilder builder, SettingsReader settings)
    {
        var services = builder.Services;
        var options = AssistantOptions.Read(settings);
        services.AddSingleton(Options.Create(options));
        services.AddSingleton(new ConfiguredSecret("Assistant:ApiKey", options.ApiKey));
        services.AddSingleton(provider => TurnLimit.For(provider.GetRequiredService<IOptions<AssistantOptions>>().Value.MaxConcurrency));
        services.TryAddSingleton(FaultPoints.None);
        services.TryAddSingleton<KnowledgeReadiness>();
        services.TryAddSingleton<Retrieval>();
        services.TryAddSingleton<ChatbotProfiles>();
        services.TryAddSingleton<OutboundDoor>(_ => new OutboundDoor());
        services.TryAddSingleton(provider => Connect(provider.GetRequiredService<IOptions<AssistantOptions>>().Value, provider.GetRequiredService<OutboundDoor>()));
        services.TryAddSingleton<ModelClient>();
        services.TryAddSingleton<SearchKnowledge>(provider => provider.GetRequiredService<Retrieval>().SearchAsync);
        services.TryAddSingleton<ReadChatbot>(provider => provider.GetRequiredService<ChatbotProfiles>().GetAsync);
        services.TryAddSingleton<IAnswerer, Answerer>();
    }

    /// <summary>The key goes to the configured scheme, host and port only: the door follows no redirects. The libraries' own retries and time-outs are off.</summary>
    internal static AssistantModel Connect(AssistantOptions options, OutboundDoor door)
    {
        if (!options.HasModel)
        {
            return new(null, null);
        }

        var endpoint = options.Endpoint();
        var http = door.CreateClient(new() { Purpose = "assistant", Configured = new HashSet<OutboundEndpoint> { OutboundEndpoint.Of(endpoint) } }, new ModelWire(acceptsWhole: !options.IsAnthropic, options.IsAnthropic ? options.ApiKey : null));
        if (options.IsAnthropic)
        {
            var anthropic = new AnthropicClient { HttpClient = http, BaseUrl = endpoint.AbsoluteUri.TrimEnd('/'), ApiKey = options.ApiKey, MaxRetries = 0, Timeout = TimeSpan.FromSeconds(90) };
            return new(anthropic.AsIChatClient(options.Model), $"Anthropic/{options.Model}");
        }

        var client = new OpenAIClient(
            new ApiKeyCredential(options.ApiKey.Length > 0 ? options.ApiKey : "none"),
            new OpenAIClientOptions { Endpoint = endpoint, Transport = new HttpClientPipelineTransport(http), RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = TimeSpan.FromSeconds(90) });
        return new(client.GetChatClient(options.Model).AsIChatClient(), $"OpenAI/{options.Model}");
    }
}
