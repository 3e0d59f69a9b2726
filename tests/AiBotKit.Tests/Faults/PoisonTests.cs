using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults;

/// <summary>A message whose turn ends the process every time (F39): as with a stack overflow, nothing can catch it.</summary>
public sealed class PoisonTests(ITestOutputHelper output) : IDisposable
{
    private const int Sigkill = 137;

    private readonly string _folder = Directory.CreateTempSubdirectory("aibotkit-poison-").FullName;

    [Fact]
    public async Task A_message_that_ends_the_process_is_tried_five_times_in_all_then_others_go_on_and_its_replay_answers_it()
    {
        using var server = new RealServer(
            Path.Combine(_folder, "data"),
            new Dictionary<string, string> { ["WhatsApp:Connections:0:Enabled"] = "true", ["Conversations:QuietWindowMs"] = "0", ["Conversations:StaleAfterMinutes"] = "1440" });
        var deadly = new Dictionary<string, string> { ["AIBOTKIT_KILL_AT"] = "R0Claimed:1" };
        server.Start(deadly);
        await server.ReadyAsync();
        try
        {
            await server.PostAsync("wamid.POISON", customer: "15550100101", at: TimeProvider.System.GetUtcNow());
        }
        catch (HttpRequestException)
        {
            // It died before the answer was written; the message is on disk.
        }

        (await server.ExitedAsync()).ShouldBe(Sigkill);
        var ended = 1;
        while (true)
        {
            server.Start(deadly);
            if (!await server.ReadyOrExitedAsync())
            {
                ended++;
                ended.ShouldBeLessThanOrEqualTo(5);
            }
            else if (Outcome(server, "wamid.POISON") == "dead_letter")
            {
                break;
            }
            else
            {
                // Ready a moment before its turn began.
                (await server.ExitedAsync()).ShouldBe(Sigkill);
                ended++;
                ended.ShouldBeLessThanOrEqualTo(5);
            }
        }

        ended.ShouldBe(5);
        output.WriteLine($"ended the process {ended} times");
        await server.KillAsync();
        server.Start();
        await server.ReadyAsync();
        (await server.PostAsync("wamid.OTHER", customer: "15550100102", at: TimeProvider.System.GetUtcNow())).Status.ShouldBe(200);
        await RealServer.UntilAsync(_ => Task.FromResult(Outcome(server, "wamid.OTHER") == "answered"));

        var letters = await server.Http.GetFromJsonAsync<JsonElement>("api/dead-letters", TestContext.Current.CancellationToken);
        var letter = letters.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        letter.GetProperty("kind").GetString().ShouldBe("turn");
        using var replayed = await server.Http.PostAsync($"api/dead-letters/{letter.GetProperty("id").GetGuid()}/replay", null, TestContext.Current.CancellationToken);
        ((int)replayed.StatusCode).ShouldBe(200);
        await RealServer.UntilAsync(_ => Task.FromResult(Outcome(server, "wamid.POISON") == "answered"));
    }

    public void Dispose() => Directory.Delete(_folder, true);

    private static string? Outcome(RealServer server, string id)
    {
        using var connection = new SqliteConnection($"Data Source={server.File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT Outcome FROM messages WHERE ProviderMessageId = $id";
        command.Parameters.AddWithValue("$id", id);
        return command.ExecuteScalar() as string;
    }
}
