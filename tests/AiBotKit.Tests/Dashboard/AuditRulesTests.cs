using System.Reflection;
using AiBotKit.Dashboard.Audit;
using AiBotKit.Durability.Audit;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Dashboard;

public sealed class AuditRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Every word that may be stored.</summary>
    public static TheoryData<string> Acts => [.. typeof(AuditActs).GetFields(BindingFlags.Public | BindingFlags.Static).Select(one => (string)one.GetRawConstantValue()!)];

    [Theory]
    [MemberData(nameof(Acts))]
    public void Every_act_has_a_sentence_of_its_own(string act)
    {
        var line = AuditRules.Days([Entry(act)], Now, TimeZoneInfo.Utc).ShouldHaveSingleItem().Lines.ShouldHaveSingleItem();
        line.Does.ShouldNotBe("did");
        line.IsRefusal.ShouldBe(AuditRules.Refusals.Contains(act));
    }

    [Fact]
    public void Lines_stand_under_the_day_of_the_viewers_zone()
    {
        var east = TimeZoneInfo.CreateCustomTimeZone("east", TimeSpan.FromHours(3), "east", "east");
        var days = AuditRules.Days([Entry(AuditActs.SignedIn), Entry(AuditActs.SignedIn, -8), Entry(AuditActs.SignedIn, -13)], Now, east);
        days.Select(day => (day.Name, day.Lines.Count)).ShouldBe([("Today", 2), ("Yesterday, Sunday 3 May", 1)]);
    }

    [Fact]
    public void A_person_has_initials_and_a_stranger_has_no_name()
    {
        var lines = AuditRules.Days([Entry(AuditActs.SignedIn), Entry(AuditActs.SignInFailed, name: null)], Now, TimeZoneInfo.Utc)[0].Lines;
        lines.Select(line => (line.Who, line.Badge, line.Css)).ShouldBe([("Ana Duarte", "AD", "person"), ("Somebody", null, "fail")]);
    }

    private static AuditEntry Entry(string act, int hours = 0, string? name = "Ana Duarte") =>
        new() { Id = Guid.CreateVersion7(), AccountId = default, At = Now.AddHours(hours), Act = act, By = ActorKind.Person, ByName = name, Detail = "detail", About = "conversation", AboutId = "id" };
}
