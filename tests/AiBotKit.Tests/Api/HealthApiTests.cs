using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Api;

public sealed class HealthApiTests
{
    [Fact]
    public async Task Health_says_how_messages_move_and_only_of_the_callers_account()
    {
        await using var two = await TwoAccounts.StartAsync();
        var mine = await two.Key.GetFromJsonAsync<JsonElement>("/api/health", TestContext.Current.CancellationToken);
        mine.EnumerateObject().Select(p => p.Name).ShouldBe(
            ["oldestUnansweredAt", "oldestUnansweredSeconds", "answersDue", "unsent", "unconfirmed", "lastWebhookAt", "lastSendAt", "deadLetters", "storeHealthy", "walBytes", "quarantinedSince", "database", "embeddedModels", "version", "runtime"]);
        mine.GetProperty("deadLetters").GetInt32().ShouldBe(1);
        two.App.Sql("DELETE FROM dead_letters WHERE Reason <> '" + TwoAccounts.Canary + "'");
        mine.GetProperty("storeHealthy").GetBoolean().ShouldBeTrue();
        mine.GetProperty("walBytes").GetInt64().ShouldBeGreaterThan(0);
        mine.GetProperty("version").GetString().ShouldNotBeNullOrEmpty();
        (await two.Stranger.GetFromJsonAsync<JsonElement>("/api/health", TestContext.Current.CancellationToken)).GetProperty("deadLetters").GetInt32().ShouldBe(0);
    }
}
