using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiBotKit.Chatbots;
using AiBotKit.Knowledge;
using AiBotKit.Knowledge.Embedding;
using AiBotKit.Knowledge.Ranking;
using AiBotKit.Tests.Architecture;
using AiBotKit.Tests.Conversations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Knowledge;

/// <summary>A model file that is damaged takes nothing away but what it added: questions are answered by words, with the floor of words.</summary>
public sealed class DamagedModelTests : IDisposable
{
    private static readonly string[] Facts =
    [
        "Our shop is open Monday to Friday from 9:00 to 18:00.",
        "Delivery within the city costs 4 euros and takes two working days.",
        "You can return an unused product within 30 days for a full refund.",
        "We accept Visa, Mastercard and cash.",
        "The rental deposit is 150 euros per bicycle.",
    ];

    private static readonly Dictionary<string, Action<string>> Damages = new(StringComparer.Ordinal)
    {
        ["the graph is garbage"] = folder => File.WriteAllText(Path.Combine(folder, "minilm/model_q4.onnx"), "not a model"),
        ["the graph is empty"] = folder => File.WriteAllBytes(Path.Combine(folder, "minilm/model_q4.onnx"), []),
        ["the weights are cut"] = folder => Cut(Path.Combine(folder, "minilm/model_q4.onnx_data")),
        ["one bit of the weights"] = folder => Flip(Path.Combine(folder, "minilm/model_q4.onnx_data")),
        ["the vocabulary is empty"] = folder => File.WriteAllText(Path.Combine(folder, "minilm/vocab.txt"), ""),
        ["the vocabulary is another"] = folder => File.WriteAllLines(Path.Combine(folder, "minilm/vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b"]),
        ["the language model is garbage"] = folder => File.WriteAllText(Path.Combine(folder, "lid.176.ftz"), "not a model"),
        ["the language model is cut"] = folder => Cut(Path.Combine(folder, "lid.176.ftz")),
        ["everything is garbage"] = folder =>
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                File.WriteAllBytes(file, [0x4A, 0x50, 0x4F, 0x2F, 0x0C, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F]);
            }
        },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("aibotkit-models-").FullName;
    private readonly Lines _log = new();

    public static TheoryData<string> Damaged() => [.. Damages.Keys];

    public void Dispose() => Directory.Delete(_folder, true);

    [Theory]
    [MemberData(nameof(Damaged))]
    public void Answers_and_abstentions_stay_right_and_the_log_says_it_once(string damage)
    {
        var files = Files(damage);
        using var embedder = new SentenceEmbedder(files, new Logger<SentenceEmbedder>(_log));
        var languages = new LanguageIdentifier(files, new Logger<LanguageIdentifier>(_log));
        var search = new KnowledgeSearch(languages, new ChunkVectors(embedder));
        // Stored when the model was sound: the vectors are still there.
        sbyte[] vectors = [.. Enumerable.Repeat((sbyte)7, SentenceEmbedder.Dimension)];
        foreach (var stored in new[] { null, vectors })
        {
            var index = ChatbotIndex.Build([.. Facts.Select(f => search.Read(Guid.CreateVersion7(), Guid.CreateVersion7(), ChunkKind.Passage, null, null, f, "en")).Select(e => e with { Vectors = stored ?? e.Vectors })]);
            foreach (var question in new[] { "Is the shop open on Monday?", "How much does delivery in the city cost?", "Do you accept Mastercard?", "How much is the rental deposit?" })
            {
                var found = search.Search(index, question, 5);
                found.Evidence.ShouldBeGreaterThanOrEqualTo(found.Floor, question);
            }

            foreach (var question in new[] { "Who won the football championship in Argentina?", "Do you deliver to Brazil?", "Can I pay with Bitcoin?", "¿Venden zapatos?" })
            {
                var found = search.Search(index, question, 5);
                found.Evidence.ShouldBeLessThan(found.Floor, question);
            }
        }

        (embedder.State == ModelState.Damaged || languages.State == ModelState.Damaged).ShouldBeTrue();
        embedder.Embed("Hello").ShouldBe(embedder.State == ModelState.Damaged ? null : embedder.Embed("Hello"));
        _log.Errors.Count.ShouldBe((embedder.State == ModelState.Damaged ? 1 : 0) + (languages.State == ModelState.Damaged ? 1 : 0), string.Join('\n', _log.Errors));
    }

    [Fact]
    public async Task With_damaged_files_the_shop_answers_abstains_and_shows_it_on_the_health_page()
    {
        var files = Files("everything is garbage");
        await using var shop = await TalkingShop.StartAsync(new Dictionary<string, string?>(), services => services.AddSingleton(files));
        (await shop.Api.PostAsJsonAsync("/api/knowledge/questions", new { question = "When are you open?", answer = "Monday to Friday." }, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        (await shop.Api.PostAsJsonAsync("/api/knowledge/texts", new { title = "Delivery", text = Facts[1] }, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        TalkingShop.Text(await shop.AskAsync("When are you open?")).ShouldEndWith("Monday to Friday.");
        TalkingShop.Text(await shop.AskAsync("What does delivery in the city cost?")).ShouldStartWith(Facts[1]);
        TalkingShop.Text(await shop.AskAsync("Who painted the ceiling of the Sistine chapel?")).ShouldBe(Chatbot.DefaultFallbackMessage);
        (await shop.Api.GetFromJsonAsync<JsonElement>("/api/health", TestContext.Current.CancellationToken)).GetProperty("embeddedModels").GetString().ShouldBe("damaged");

        // Sent again, the text is the same in the same form: nothing is written anew at every try.
        using var again = await shop.Api.PostAsJsonAsync("/api/knowledge/texts", new { title = "Delivery", text = Facts[1] }, TestContext.Current.CancellationToken);
        (await again.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("changed").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public void The_sums_are_those_that_the_build_checks()
    {
        var script = File.ReadAllText(Path.Combine(Repository.Root, "build/fetch-models"));
        Regex.Matches(script, "([0-9a-f]{64}) ([a-z0-9._/]+)").Select(m => (m.Groups[2].Value, m.Groups[1].Value)).Order()
            .ShouldBe(ModelFiles.Sums.Select(pair => (pair.Key, pair.Value)).Order());
    }

    private static void Cut(string path)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(file.Length / 2);
    }

    private static void Flip(string path)
    {
        using var file = File.Open(path, FileMode.Open);
        file.Position = file.Length / 2;
        var old = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(old ^ 1));
    }

    /// <summary>The installed files with one damage; on a machine without them made-up ones, which are damaged anyhow.</summary>
    private ModelFiles Files(string damage)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "minilm"));
        foreach (var name in ModelFiles.Sums.Keys)
        {
            var installed = Path.Combine(AppContext.BaseDirectory, "models", name);
            if (File.Exists(installed))
            {
                File.Copy(installed, Path.Combine(_folder, name));
            }
            else
            {
                File.WriteAllText(Path.Combine(_folder, name), "made up");
            }
        }

        Damages[damage](_folder);
        return new ModelFiles(_folder);
    }

    private sealed class Lines : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<string> Errors { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
            {
                Errors.Enqueue(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
