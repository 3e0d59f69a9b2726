using AiBotKit.Accounts;
using AiBotKit.Hosting;
using AiBotKit.Operations;
using AiBotKit.Tests.Fakes;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Operations;

/// <summary>The verb <c>plan</c> of the command line against a running server.</summary>
public sealed class PlanCommandTests
{
    [Fact]
    public async Task The_operator_lists_accounts_and_sets_a_plan_from_the_command_line()
    {
        await using var app = new AppFixture(new Dictionary<string, string?>());
        (await RunAsync(app)).ShouldBe(0);
        (await RunAsync(app, "--account", "my business", "--set", "essential", "--extra-messages", "2")).ShouldBe(0);
        (app.Sql("SELECT Plan FROM accounts"), app.Sql("SELECT MonthlyAiMessages FROM accounts")).ShouldBe(("Essential", 4000L));
        (await RunAsync(app, "--account", app.Get<FirstAccount>().Id.ToString(), "--set", "Free")).ShouldBe(0);
        app.Sql("SELECT Plan FROM accounts").ShouldBe("Free");

        await ShouldRefuseAsync(app, "There is no account 'nobody'.", "--account", "nobody", "--set", "Free");
        await ShouldRefuseAsync(app, "The plan was not set: plan must be one of Free, Basic, Essential, Business, Unlimited.", "--account", "my business", "--set", "Gold");
        await ShouldRefuseAsync(app, "--extra-messages must be a whole number.", "--account", "my business", "--set", "Basic", "--extra-messages", "two");
        await ShouldRefuseAsync(app, "The server answered 401: this key is not the operator's.", "--key", "another-key-altogether");
        app.Sql("SELECT Plan FROM accounts").ShouldBe("Free");
    }

    private static async Task ShouldRefuseAsync(AppFixture app, string reason, params string[] arguments) =>
        (await Should.ThrowAsync<StartupException>(() => RunAsync(app, arguments))).Message.ShouldBe(reason);

    private static Task<int?> RunAsync(AppFixture app, params string[] arguments)
    {
        string[] key = arguments.Contains("--key") ? [] : ["--key", AppFixture.ApiKey];
        return Commands.RunAsync(["plan", "--url", app.Address.ToString(), .. key, .. arguments]);
    }
}
