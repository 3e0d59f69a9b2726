using AiBotKit.Accounts;
using AiBotKit.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Accounts;

/// <summary>Which account configuration seeds and <c>Api:Key</c> operates.</summary>
public sealed class FirstAccountTests
{
    [Fact]
    public async Task An_account_from_a_day_when_the_clock_was_set_back_does_not_become_the_first()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Accounts:SignUp"] = "Open" }, services => services.AddSingleton<TimeProvider>(time));
        using var ana = await Staff.OwnerAsync(app);
        var first = app.Get<FirstAccount>().Id;
        time.AdjustTime(time.GetUtcNow().AddDays(-1));
        using var sam = Staff.Browser(app);
        (await Forms.PostAsync(sam, "/sign-up", "/account/sign-up", ("business", "Strangers"), ("email", "sam@example.com"), ("displayName", "Sam"), ("password", Staff.Password))).ShouldBe("/");
        app.Sql("SELECT Name FROM accounts ORDER BY CreatedAt").ShouldBe("Strangers");
        await app.RestartAsync();
        app.Get<FirstAccount>().Id.ShouldBe(first);
        using var api = app.Api();
        (await Staff.ReadAsync(api, "/api/account")).GetProperty("id").GetGuid().ShouldBe(first);
    }

    [Fact]
    public async Task A_store_from_before_the_mark_keeps_the_operators_account()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Accounts:SignUp"] = "Open" }, services => services.AddSingleton<TimeProvider>(time));
        using var ana = await Staff.OwnerAsync(app);
        var first = app.Get<FirstAccount>().Id;
        time.AdjustTime(time.GetUtcNow().AddDays(-1));
        using var sam = Staff.Browser(app);
        await Forms.PostAsync(sam, "/sign-up", "/account/sign-up", ("business", "Strangers"), ("email", "sam@example.com"), ("displayName", "Sam"), ("password", Staff.Password));
        app.Sql("DELETE FROM settings WHERE Name = 'accounts.first'");
        await app.RestartAsync();
        app.Get<FirstAccount>().Id.ShouldBe(first);
    }
}
