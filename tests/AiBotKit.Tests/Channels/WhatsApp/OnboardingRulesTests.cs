using AiBotKit.Channels.WhatsApp.Doctor;
using AiBotKit.Channels.WhatsApp.Onboarding;
using AiBotKit.Dashboard.Connect;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>The decisions of connecting as values: messages of the sign-up page, errors of a move, the ten checks of the doctor.</summary>
public sealed class OnboardingRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 9, 0, 0, TimeSpan.Zero);
    private static readonly Uri Ours = new("https://bot.example/api/whatsapp/callback?k=1");
    private static readonly DoctorFacts Healthy = new("Pinnacle", true, null, true, Ours, Ours, true, LoopState.Proved, Now, true, true, true, Now, Now, null, "GREEN", "STANDARD", 80, Subscribed: true);

    [Theory]
    [InlineData("BUSINESS_ACCOUNT_SELECTION", 0)]
    [InlineData("WABA_PHONE_PROFILE_PICKER", 1)]
    [InlineData("WHATSAPP_BUSINESS_PROFILE_SETUP", 1)]
    [InlineData("PHONE_NUMBER_SETUP", 1)]
    [InlineData("PHONE_NUMBER_VERIFICATION", 1)]
    [InlineData("PERMISSIONS", 2)]
    [InlineData("something new", null)]
    [InlineData(null, null)]
    public void A_cancel_says_where_it_happened(string? step, int? at)
    {
        var read = SignupEvents.Read("CANCEL", step, null, null).ShouldNotBeNull();
        (read.Phase, read.Step).ShouldBe((SignupPhase.Cancelled, at));
        read.Words.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void Every_other_event_has_its_meaning_and_unknown_ones_have_none()
    {
        SignupEvents.Read("FINISH", null, null, null)!.Phase.ShouldBe(SignupPhase.Connecting);
        SignupEvents.Read("FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING", null, null, null)!.Phase.ShouldBe(SignupPhase.Connecting);
        SignupEvents.Read("FINISH_ONLY_WABA", null, null, null)!.Phase.ShouldBe(SignupPhase.Failed);
        SignupEvents.Read("ERROR", null, "524126", "Oh no")!.ShouldBe(new SignupEvent(SignupPhase.Failed, null, "Oh no. Start it again. If it stays, tell the provider its error number, 524126; or connect the number by its API key.", null));
        SignupEvents.Read("CANCEL", "PERMISSIONS", "1", "Refused")!.Phase.ShouldBe(SignupPhase.Failed);
        SignupEvents.Read("MIGRATION_REQUIRED", null, null, null)!.Migration.ShouldBe(MigrationRules.Elsewhere);
        SignupEvents.Read("MIGRATION_REQUIRED", null, "2388001", null)!.Migration!.Code.ShouldBe(2388001);
        SignupEvents.Read("ERROR", null, "2388012", "x")!.Phase.ShouldBe(SignupPhase.Migration);
        SignupEvents.Read("finish", null, null, null).ShouldBeNull();
        SignupEvents.Read(null, null, null, null).ShouldBeNull();
        SignupEvents.Read("MIGRATION_REQUIRED", null, "99999999999999999999", null)!.Migration.ShouldBe(MigrationRules.Elsewhere);
    }

    [Theory]
    [InlineData(2388001)]
    [InlineData(2388012)]
    [InlineData(2388103)]
    [InlineData(133005)]
    [InlineData(133006)]
    [InlineData(133008)]
    [InlineData(133010)]
    [InlineData(133015)]
    [InlineData(133016)]
    public void Every_error_of_a_move_says_what_to_do(int code)
    {
        var advice = MigrationRules.Of(code).ShouldNotBeNull();
        advice.Code.ShouldBe(code);
        advice.Cause.Length.ShouldBeGreaterThan(20);
        advice.Todo.Length.ShouldBeGreaterThan(20);
        advice.Step.ShouldBeInRange(0, MigrationRules.Steps.Length - 1);
        MigrationRules.Of(131047).ShouldBeNull();
    }

    [Fact]
    public void A_healthy_connection_passes_ten_checks()
    {
        var checks = DoctorRules.Checks(Healthy, Now);
        checks.Count.ShouldBe(10);
        checks.ShouldAllBe(check => check.Result == CheckResult.Good && check.Fix == null);
    }

    [Fact]
    public void What_is_wrong_is_named_with_how_to_put_it_right()
    {
        Check(Healthy with { KeyProblem = "Gone." }, "key", CheckResult.Bad);
        Check(Healthy with { IsReachable = false }, "key", CheckResult.Soon);
        Check(Healthy with { AccountProblem = "Locked." }, "key", CheckResult.Bad);
        Check(Healthy with { Subscribed = false }, "subscription", CheckResult.Bad);
        Check(Healthy with { Refused = 2, RefusedAt = Now.AddSeconds(5) }, "signature", CheckResult.Bad);
        Check(Healthy with { OwnsNumber = false }, "number", CheckResult.Bad);
        Check(Healthy with { Expected = null }, "webhook", CheckResult.Bad);
        Check(Healthy with { Registered = null }, "webhook", CheckResult.Bad);
        Check(Healthy with { Registered = new Uri("https://other.example/hook") }, "webhook", CheckResult.Bad);
        Check(Healthy with { Registered = new Uri("https://bot.example/api/whatsapp/callback") }, "webhook", CheckResult.Soon);
        Check(Healthy with { Loop = LoopState.Asked }, "test_event", CheckResult.Bad);
        Check(Healthy with { Loop = LoopState.Failed }, "test_event", CheckResult.Soon);
        Check(Healthy with { HasOwnSecret = false, HasInstallationSecret = false }, "signature", CheckResult.Bad);
        Check(Healthy with { LastWebhookAt = Now.AddDays(-4) }, "last_event", CheckResult.Soon);
        Check(Healthy with { BrokenReason = "The provider refuses." }, "last_send", CheckResult.Bad);
        Check(Healthy with { Quality = "RED" }, "quality", CheckResult.Bad);
        Check(Healthy with { Quality = "yellow" }, "quality", CheckResult.Soon);
        Check(Healthy with { Throughput = "NOT_APPLICABLE" }, "throughput", CheckResult.Soon);
    }

    [Fact]
    public void What_is_not_known_is_no_failure()
    {
        var checks = DoctorRules.Checks(Healthy with { Subscribed = null, OwnsNumber = null, SaysWebhook = false, Loop = LoopState.Unknown, LastWebhookAt = null, LastSendAt = null, Quality = null, Throughput = null }, Now);
        checks.ShouldAllBe(check => check.Result == CheckResult.Good || check.Result == CheckResult.Idle);
    }

    [Fact]
    public void A_refused_callback_is_an_old_story_once_a_later_one_was_accepted() =>
        DoctorRules.Checks(Healthy with { Refused = 9, RefusedAt = Now.AddSeconds(-1) }, Now).Single(one => one.Name == "signature").Result.ShouldBe(CheckResult.Good);

    private static void Check(DoctorFacts facts, string name, CheckResult expected)
    {
        var check = DoctorRules.Checks(facts, Now).Single(one => one.Name == name);
        check.Result.ShouldBe(expected);
        check.Fix.ShouldNotBeNullOrEmpty();
    }
}
