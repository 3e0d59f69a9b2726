using AiBotKit.Assistant;
using AiBotKit.Chatbots;
using AiBotKit.Durability;
using AiBotKit.Hosting.Outbound;
using AiBotKit.Knowledge;
using AiBotKit.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace AiBotKit.Tests.Assistant;

/// <summary>The real path from a question to a model's server and back, on a clock that the test moves; only the retrieval is canned.</summary>
internal sealed class ModelRig
{
    public const string Key = "test-model-key-0123456789";
    public const string Grounded = "We open Monday to Friday, 9 to 18 [[1]]";

    public static readonly Passage Hours = new(
        Guid.NewGuid(), Guid.NewGuid(), "Opening hours", null, ChunkKind.QuestionAnswer, "When are you open?\nMonday to Friday, 9:00 to 18:00.", "When are you open?", "Monday to Friday, 9:00 to 18:00.", 1, .9, null, .9);

    private readonly Marks _marks = new();

    public ModelRig(ModelServer server, FakeTimeProvider? time = null, string provider = "OpenAI", OutboundDoor? door = null)
    {
        Time = time ?? new();
        var options = new AssistantOptions { Provider = provider, BaseUrl = server.BaseUrl, Model = "m", ApiKey = Key };
        if (options.IsAnthropic)
        {
            options.BaseUrl = options.BaseUrl[..^"/v1".Length];
        }

        Client = new(AssistantEndpoints.Connect(options, door ?? new OutboundDoor()), Options.Create(options), Time, _marks);
    }

    public FakeTimeProvider Time { get; }

    public ModelClient Client { get; }

    /// <summary>Pieces of text that have come through to us, over all calls.</summary>
    public int Pieces => _marks.Pieces;

    public Task<Answer> AskAsync(bool above = true, AnswerScope scope = AnswerScope.KnowledgeOnly, string text = "When are you open?", Passage? passage = null, string instructions = "", HistoryLine[]? history = null, CancellationToken? token = null)
    {
        var readiness = new KnowledgeReadiness(Time);
        readiness.Announce([]);
        var chatbot = new Chatbot { Id = Guid.NewGuid(), AccountId = Guid.NewGuid(), Name = "Ann", AnswerScope = scope, Instructions = instructions, CreatedAt = Time.GetUtcNow() };
        var answerer = new Answerer(
            (_, _, _, _, _) => Task.FromResult(new RetrievalResult("en", 1, above ? [passage ?? Hours] : [], above ? .9 : 0, .5, above, false)),
            (_, _, _) => Task.FromResult<Chatbot?>(chatbot), readiness, Client, Time, FaultPoints.None, NullLogger<Answerer>.Instance);
        return answerer.AnswerAsync(new(chatbot.AccountId, chatbot.Id, Guid.NewGuid(), text, history ?? []), token ?? TestContext.Current.CancellationToken);
    }

    private sealed class Marks : FaultPoints
    {
        private int _pieces;

        public int Pieces => Volatile.Read(ref _pieces);

        public override void Reach(FaultPoint point)
        {
            if (point is FaultPoint.R4FirstToken or FaultPoint.R5MidStream)
            {
                Interlocked.Increment(ref _pieces);
            }
        }
    }
}
