using AiBotKit.Durability;
using AiBotKit.Storage;
using AiBotKit.Tests.Accounts;
using AiBotKit.Tests.Fakes;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Dashboard;

/// <summary>What belongs to no account may hold anybody's message: the page shows it to whom the API shows it.</summary>
public sealed class DeadLetterPageTests
{
    [Fact]
    public async Task Dead_letters_of_no_account_are_the_operators_also_when_there_is_one_account()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        using var ben = await Staff.InvitedAsync(app, ana, "ben@example.com", "agent");
        using var olu = await Staff.InvitedAsync(app, ana, "olu@example.com", "owner");
        var letter = new DeadLetter { Id = Guid.CreateVersion7(), AccountId = null, Kind = "webhook_body", Reason = "planted for nobody", Raw = "{}"u8.ToArray(), CreatedAt = TimeProvider.System.GetUtcNow() };
        await app.Get<IDataWriter>().SaveAsync(db => { db.Add(letter); });
        foreach (var (who, sees) in new[] { (ben, false), (olu, false), (ana, true) })
        {
            (await who.GetStringAsync("/dead-letters", TestContext.Current.CancellationToken)).Contains("planted for nobody", StringComparison.Ordinal).ShouldBe(sees);
            (await Staff.ReadAsync(who, "/api/dead-letters")).GetProperty("items").GetArrayLength().ShouldBe(sees ? 1 : 0);
            (await Staff.ReadAsync(who, "/api/health")).GetProperty("deadLetters").GetInt32().ShouldBe(sees ? 1 : 0);
        }
    }
}
