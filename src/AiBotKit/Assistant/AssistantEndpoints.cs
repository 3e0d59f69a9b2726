using System.ClientModel;
using System.ClientModel.Primitives;
using AiBotKit.Accounts;
using AiBotKit.Chatbots;
using AiBotKit.Durability;
using AiBotKit.Hosting;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Hosting.Outbound;
using AiBotKit.Knowledge;
using Anthropic;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenAI;

namespace AiBotKit.Assistant;

/// <summary>Composition of the assistant, and the preview of what it would answer.</summary>
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
        services.AddSingleton<PreviewAnswer>();
        services.TryAddSingleton<SummarizeTalk>();
    }

    public static void MapAssistant(this WebApplication app) =>
        app.MapPost("/api/chatbots/{id:guid}/preview", PreviewAsync).RequireAuthorization().WithTags("Chatbots").WithName("PreviewAnswer")
            .WithSummary("Answers as the chatbot would answer a customer now, with the reasons. Nothing is stored or counted.");

    private static async Task<Results<Ok<PreviewItem>, NotFound, ProblemHttpResult>> PreviewAsync(
        Guid id, PreviewRequest request, PreviewAnswer preview, TimeProvider time, HttpContext context, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Text) || request.Text.Length > PreviewAnswer.MaxText || request.History is { Count: > PreviewAnswer.MaxHistory })
        {
            return TypedResults.Problem(ErrorAnswers.Problem(
                context, StatusCodes.Status400BadRequest, "invalid_preview", $"text must have 1 to {PreviewAnswer.MaxText} characters, and history at most {PreviewAnswer.MaxHistory} lines."));
        }

        var start = time.GetTimestamp();
        IReadOnlyList<HistoryLine> history = [.. (request.History ?? []).Select(line => new HistoryLine(line.Speaker, line.Text))];
        return await preview.RunAsync(context.User.AccountId(), id, request.Text, history, null, cancellationToken) is { } answer
            ? TypedResults.Ok(PreviewItem.Of(answer, time.GetElapsedTime(start)))
            : TypedResults.NotFound();
    }

    /// <param name="Text">What the customer would write.</param>
    /// <param name="History">What was said before, oldest first.</param>
    internal sealed record PreviewRequest(string? Text, IReadOnlyList<PreviewLine>? History = null);

    internal sealed record PreviewLine(Speaker Speaker, string Text);

    /// <summary>An answer and why.</summary>
    /// <param name="Evidence">The best evidence found, 0..1, and the floor that it had to reach.</param>
    /// <param name="Counts">Whether it would count as an AI message.</param>
    internal sealed record PreviewItem(
        AnswerKind Kind, string Text, bool Counts, IReadOnlyList<Citation> Citations, string Language, double Evidence, double Floor, string? Model, IReadOnlyList<string> Verdicts, int Milliseconds)
    {
        public static PreviewItem Of(Answer answer, TimeSpan took) => new(
            answer.Kind,
            answer.Markdown,
            answer.Kind is AnswerKind.Model or AnswerKind.Extractive,
            answer.Citations,
            answer.Trace.Language,
            answer.Trace.Evidence,
            answer.Trace.Floor,
            answer.Trace.Model,
            answer.Trace.Verdicts,
            (int)took.TotalMilliseconds);
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
