using AiBotKit.Assistant;
using AiBotKit.Tests.Fakes;
using Microsoft.Extensions.AI;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Assistant;

/// <summary>A model that hangs, drips or never ends is cut by our own clocks and limits (F23); time is moved by the tests.</summary>
public sealed class ModelTimeLimitTests
{
    private static readonly TimeSpan Almost = TimeSpan.FromSeconds(0.2);

    [Theory]
    [InlineData("OpenAI", false)]
    [InlineData("OpenAI", true)]
    [InlineData("Anthropic", true)]
    public async Task No_first_word_within_20_seconds_is_a_failed_try(string provider, bool sendsHeaders)
    {
        await using var server = await ModelServer.StartAsync(sendsHeaders ? ModelActs.HangsAfterHeaders() : ModelActs.HangsBeforeHeaders());
        var rig = new ModelRig(server, provider: provider);
        var turn = rig.AskAsync();
        await Patience.UntilAsync(() => server.Hanging == 1, "the first try");
        rig.Time.Advance(TimeSpan.FromSeconds(20) - Almost);
        (server.Calls, server.Hanging).ShouldBe((1, 1));
        rig.Time.Advance(Almost);
        await Patience.UntilAsync(() => server.Calls == 2 && server.Hanging == 1, "the second try, after the first was given up");
        rig.Time.Advance(TimeSpan.FromSeconds(20));
        (await turn).Kind.ShouldBe(AnswerKind.Extractive);
        await Patience.UntilAsync(() => server.Open == 0, "the second call given up");
        server.Calls.ShouldBe(2);
    }

    [Fact]
    public async Task Ten_seconds_of_silence_in_the_middle_are_a_failed_try_and_half_a_text_is_never_sent()
    {
        await using var server = await ModelServer.StartAsync(ModelActs.HangsAfter("We open ", "Monday [[1]]"), ModelActs.Says(ModelRig.Grounded));
        var rig = new ModelRig(server);
        var turn = rig.AskAsync();
        await Patience.UntilAsync(() => rig.Pieces == 2, "both pieces");
        rig.Time.Advance(TimeSpan.FromSeconds(10) - Almost);
        server.Calls.ShouldBe(1);
        rig.Time.Advance(Almost);
        var answer = await turn;
        (answer.Kind, answer.Markdown).ShouldBe((AnswerKind.Model, ModelRig.Grounded));
    }

    [Fact]
    public async Task A_drip_is_cut_after_60_seconds_in_all()
    {
        using var next = new SemaphoreSlim(0);
        await using var server = await ModelServer.StartAsync(ModelActs.Drips("drip ", next));
        var rig = new ModelRig(server);
        var turn = rig.AskAsync();
        for (var half = 1; half < 120; half++)
        {
            next.Release();
            await Patience.UntilAsync(() => rig.Pieces == half, $"piece {half}");
            rig.Time.Advance(TimeSpan.FromSeconds(0.5));
            turn.IsCompleted.ShouldBeFalse();
        }

        rig.Time.Advance(TimeSpan.FromSeconds(0.5));
        (await turn).Kind.ShouldBe(AnswerKind.Extractive);
        server.Calls.ShouldBe(1, "there is no time for a second try");
        await Patience.UntilAsync(() => server.Open == 0, "the call given up");
    }

    [Theory]
    [InlineData(1, 8192)]
    [InlineData(100, 65_536)]
    public async Task An_endless_stream_is_cut_at_8192_pieces_and_at_64_KB(int piece, int expected)
    {
        await using var server = await ModelServer.StartAsync(ModelActs.Streams(new string('x', piece)));
        var reply = await new ModelRig(server).Client.AskAsync(
            Guid.NewGuid(), [new ChatMessage(ChatRole.User, "Hi")], _ => true, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        reply.Text.ShouldNotBeNull().Length.ShouldBe(expected);
        await Patience.UntilAsync(() => server.Open == 0, "the call given up");
    }

    [Fact]
    public async Task A_server_that_does_not_take_the_connection_is_given_up_after_5_seconds_without_our_clock()
    {
        // The sockets have a clock of their own here; nothing is timed, the turn just has to end while our clock stands still.
        await using var server = await ModelServer.StartAsync(ModelActs.Says(ModelRig.Grounded));
        var tries = 0;
        var door = new AiBotKit.Hosting.Outbound.OutboundDoor(
            (_, _) => throw new InvalidOperationException("a literal address needs no name"),
            async (_, token) =>
            {
                Interlocked.Increment(ref tries);
                await Task.Delay(Timeout.Infinite, token);
                throw new InvalidOperationException();
            });
        var answer = await new ModelRig(server, door: door).AskAsync();
        (answer.Kind, tries, server.Calls).ShouldBe((AnswerKind.Extractive, 2, 0));
    }

    [Fact]
    public async Task The_import_takes_its_time_from_the_model_so_that_the_turn_still_ends_within_75_seconds()
    {
        await using var server = await ModelServer.StartAsync(ModelActs.HangsBeforeHeaders());
        var rig = new ModelRig(server);
        var waiting = rig.Client.AskAsync(Guid.NewGuid(), [new ChatMessage(ChatRole.User, "Hi")], _ => true, TimeSpan.FromSeconds(14), TestContext.Current.CancellationToken);
        await Patience.UntilAsync(() => server.Hanging == 1, "the call");
        rig.Time.Advance(TimeSpan.FromSeconds(14));
        (await waiting).Text.ShouldBeNull();
        server.Calls.ShouldBe(1);
    }
}
