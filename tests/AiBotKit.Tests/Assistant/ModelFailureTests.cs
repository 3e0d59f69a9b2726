using System.Text.Json;
using AiBotKit.Assistant;
using AiBotKit.Chatbots;
using AiBotKit.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Assistant;

/// <summary>A model that is down, wrong or talks nonsense, through the real libraries over loopback (F22).</summary>
public sealed class ModelFailureTests(ITestOutputHelper output)
{
    public static TheoryData<string> Failures() => [.. ModelActs.Failures.Keys];

    [Theory]
    [InlineData("OpenAI", "stream")]
    [InlineData("OpenAI", "whole")]
    [InlineData("OpenAI", "whole, called text")]
    [InlineData("OpenAI", "stream, called JSON")]
    [InlineData("Anthropic", "stream")]
    public async Task An_answer_comes_through_however_it_is_wrapped(string provider, string how)
    {
        await using var server = await ModelServer.StartAsync(how switch
        {
            "whole" => ModelActs.SaysWhole(ModelRig.Grounded),
            "whole, called text" => ModelActs.SaysWhole(ModelRig.Grounded, "text/plain"),
            "stream, called JSON" => ModelActs.Raw(200, "application/json", "data: " + ModelCall.Whole(ModelRig.Grounded).Replace("\"message\"", "\"delta\"", StringComparison.Ordinal) + "\n\ndata: [DONE]\n\n"),
            _ => ModelActs.Says(ModelRig.Grounded[..10], ModelRig.Grounded[10..]),
        });
        var answer = await new ModelRig(server, provider: provider).AskAsync();
        answer.Kind.ShouldBe(AnswerKind.Model);
        answer.Markdown.ShouldBe(ModelRig.Grounded);
        answer.Citations.ShouldHaveSingleItem().ChunkId.ShouldBe(ModelRig.Hours.ChunkId);
        (answer.Trace.InputTokens, answer.Trace.OutputTokens).ShouldBe((11, 7));
        answer.Trace.Model.ShouldBe(provider + "/m");
        answer.Trace.PromptVersion.ShouldNotBeNullOrEmpty();
        server.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task OpenAI_is_asked_with_the_key_the_model_and_a_stream()
    {
        await using var server = await ModelServer.StartAsync(ModelActs.Says(ModelRig.Grounded));
        await new ModelRig(server).AskAsync(instructions: "Be brief.");
        var (path, headers, body) = server.Requests.ShouldHaveSingleItem();
        path.ShouldBe("/v1/chat/completions");
        headers["Authorization"].ShouldBe("Bearer " + ModelRig.Key);
        body.GetProperty("model").GetString().ShouldBe("m");
        body.GetProperty("stream").GetBoolean().ShouldBeTrue();
        var messages = body.GetProperty("messages");
        messages[0].GetProperty("role").GetString().ShouldBe("system");
        messages[0].GetRawText().ShouldContain("Be brief.");
        messages[0].GetRawText().ShouldContain("Monday to Friday");
        body.GetRawText().ShouldNotContain(ModelRig.Key);
        body.TryGetProperty("tools", out _).ShouldBeFalse("a model has no tools (S-L1)");
    }

    [Fact]
    public async Task Anthropic_is_asked_with_the_key_the_model_and_a_stream()
    {
        await using var server = await ModelServer.StartAsync(ModelActs.Says(ModelRig.Grounded));
        await new ModelRig(server, provider: "Anthropic").AskAsync(instructions: "Be brief.");
        var (path, headers, body) = server.Requests.ShouldHaveSingleItem();
        path.ShouldBe("/v1/messages");
        headers["x-api-key"].ShouldBe(ModelRig.Key);
        headers.Keys.ShouldNotContain("Authorization", "a key in the place of a token is refused");
        headers["anthropic-version"].ShouldMatch(@"^\d{4}-\d{2}-\d{2}$");
        body.GetProperty("model").GetString().ShouldBe("m");
        body.GetProperty("stream").GetBoolean().ShouldBeTrue();
        body.GetProperty("max_tokens").GetInt32().ShouldBeGreaterThan(0);
        body.GetProperty("system").GetRawText().ShouldContain("Be brief.");
        body.GetProperty("messages")[0].GetProperty("role").GetString().ShouldBe("user");
        body.TryGetProperty("tools", out _).ShouldBeFalse("a model has no tools (S-L1)");
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failure_is_tried_twice_and_then_the_knowledge_answers(string failure)
    {
        await using var server = await ModelServer.StartAsync(ModelActs.Failures[failure]);
        var answer = await new ModelRig(server).AskAsync();
        answer.Kind.ShouldBe(AnswerKind.Extractive);
        answer.Markdown.ShouldBe("Monday to Friday, 9:00 to 18:00.[[1]]");
        answer.Outage.ShouldBeFalse("a customer who was answered needs no person");
        answer.Trace.Verdicts.ShouldContain(v => v.StartsWith("Try 2: ", StringComparison.Ordinal));
        JsonSerializer.Serialize(answer, JsonSerializerOptions.Web).ShouldNotContain(ModelRig.Key);
        server.Calls.ShouldBe(2);
        server.BytesWritten.ShouldBeLessThan(64 * 1024 * 1024, "the client must stop reading; what is above its limit stood in the sockets");
    }

    [Theory]
    [InlineData("500")]
    [InlineData("refusal")]
    [InlineData("a line without end")]
    public async Task With_nothing_to_quote_a_person_is_called(string failure)
    {
        await using var server = await ModelServer.StartAsync(ModelActs.Failures[failure]);
        var answer = await new ModelRig(server).AskAsync(above: false, AnswerScope.KnowledgeFirst, "How are you today, my friend?");
        (answer.Kind, answer.Outage).ShouldBe((AnswerKind.Fallback, true));
        server.Calls.ShouldBe(2);
    }

    [Theory]
    [InlineData("500")]
    [InlineData("empty text")]
    [InlineData("breaks off")]
    [InlineData("a line without end")]
    public async Task The_second_try_may_succeed(string failure)
    {
        await using var server = await ModelServer.StartAsync(ModelActs.Failures[failure], ModelActs.Says(ModelRig.Grounded));
        (await new ModelRig(server).AskAsync()).Kind.ShouldBe(AnswerKind.Model);
        server.Calls.ShouldBe(2);
    }

    [Fact]
    public async Task Anthropics_failures_end_the_same_way()
    {
        foreach (var failure in new[] { "429", "500", "wrong key", "empty body", "whitespace", "half an event", "breaks off", "a line without end", "an error without end" })
        {
            await using var server = await ModelServer.StartAsync(ModelActs.Failures[failure]);
            (await new ModelRig(server, provider: "Anthropic").AskAsync()).Kind.ShouldBe(AnswerKind.Extractive, failure);
            server.Calls.ShouldBe(2, failure);
        }
    }

    [Fact]
    public async Task While_the_model_is_down_one_turn_tries_it_and_a_probe_that_is_cancelled_leaves_the_next_to_try()
    {
        await using var server = await ModelServer.StartAsync(ModelActs.Failures["500"], ModelActs.Failures["500"], ModelActs.HangsBeforeHeaders(), ModelActs.Says(ModelRig.Grounded));
        var rig = new ModelRig(server);
        await rig.AskAsync();
        (await rig.AskAsync()).Trace.Verdicts.ShouldContain(v => v.Contains("is down", StringComparison.Ordinal));
        server.Calls.ShouldBe(2);
        rig.Time.Advance(TimeSpan.FromSeconds(6));
        using var human = new CancellationTokenSource();
        var probe = rig.AskAsync(token: human.Token);
        await Patience.UntilAsync(() => server.Calls == 3, "the probe");
        (await rig.AskAsync()).Kind.ShouldBe(AnswerKind.Extractive);
        server.Calls.ShouldBe(3);
        await human.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(probe);
        (await rig.AskAsync()).Kind.ShouldBe(AnswerKind.Model);
        (await rig.AskAsync()).Kind.ShouldBe(AnswerKind.Model);
    }

    [Fact]
    public async Task Every_turn_ends_within_75_seconds_whatever_the_model_does()
    {
        var seed = LongRun.Seed();
        var count = LongRun.Count(150, 2000);
        output.WriteLine($"{count} turns, seed {seed}");
        ModelAct[] acts =
        [
            .. ModelActs.Failures.Where(f => !f.Key.EndsWith("without end", StringComparison.Ordinal)).Select(f => f.Value), ModelActs.Says(ModelRig.Grounded), ModelActs.SaysWhole(ModelRig.Grounded),
            ModelActs.HangsBeforeHeaders(), ModelActs.HangsAfterHeaders(), ModelActs.HangsAfter("We open"), ModelActs.HangsAfter("We", " open"), ModelActs.Streams("word "),
        ];
        await using var server = await ModelServer.StartAsync(call => acts[new Random(seed + call).Next(acts.Length)]);
        var time = new FakeTimeProvider();
        var kinds = new Dictionary<AnswerKind, int>();
        for (var done = 0; done < count; done += 10)
        {
            // A client each: a shared one would spare a model that is down.
            var turns = Enumerable.Range(done, 10).Select(i => EndAsync(new ModelRig(server, time), above: i % 2 == 0)).ToList();
            var began = time.GetTimestamp();
            while (turns.Any(t => !t.IsCompleted))
            {
                // Past the limit only real work may be left, and that is waited for, not timed.
                time.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(75));
                if (server.Hanging > 0 && time.GetElapsedTime(began) < TimeSpan.FromSeconds(61))
                {
                    time.Advance(TimeSpan.FromSeconds(1));
                }

                await Task.WhenAny(Task.WhenAll(turns), Task.Delay(2, TestContext.Current.CancellationToken));
            }

            foreach (var turn in turns)
            {
                var kind = await turn;
                kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
            }
        }

        output.WriteLine(string.Join(", ", kinds));
        kinds.Values.Sum().ShouldBe(count);
        kinds.Keys.ShouldContain(AnswerKind.Model);
        kinds.Keys.ShouldContain(AnswerKind.Extractive);
        kinds.Keys.ShouldContain(AnswerKind.Fallback);
        await Patience.UntilAsync(() => server.Open == 0, "the end of every call");

        static async Task<AnswerKind> EndAsync(ModelRig rig, bool above) =>
            (await rig.AskAsync(above, AnswerScope.KnowledgeFirst, above ? "When are you open?" : "How are you today, my friend?")).Kind;
    }
}
