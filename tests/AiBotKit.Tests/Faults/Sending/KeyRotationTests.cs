using AiBotKit.Channels.WhatsApp;
using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults.Sending;

/// <summary>The provider's key changes while messages wait (fault matrix F21).</summary>
public sealed class KeyRotationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void F21_the_queue_holds_resumes_with_the_new_key_and_the_old_one_is_never_used_after_its_commit(bool planted)
    {
        using var rig = new SendRig(31);
        var directory = new ConnectionDirectory(rig.Store, static (_, stored) => stored, new WhatsAppOptions());
        var valid = "first";
        var committed = "first";
        var usedLater = 0;
        string? remembered = null;
        rig.Provider = async call =>
        {
            // As the channel does: the key is looked up when the send begins. The planted fault keeps the first one.
            var key = planted ? remembered ??= directory.Find(call.Send.ConnectionId)!.ApiKey.Reveal() : directory.Find(call.Send.ConnectionId)!.ApiKey.Reveal();
            usedLater += key != committed ? 1 : 0;
            await rig.DelayAsync(TimeSpan.FromMilliseconds(rig.Random.Next(20, 200)));
            return key == valid
                ? new SendOutcome.Accepted(call.ProviderId)
                : new SendOutcome.Rejected(RejectionKind.ConnectionBroken, 190, "The provider no longer accepts the API key.");
        };
        var count = LongRun.Count(600, 5_000);
        rig.Queue(0, Enumerable.Range(0, count).Select(i => ($"1555060{i:D5}", "x")));
        for (var rotation = 1; rotation <= (planted ? 1 : 4); rotation++)
        {
            rig.Run(TimeSpan.FromSeconds(1));
            valid = $"key {rotation}";
            rig.Run(() => rig.BrokenReason(0) is not null);
            rig.Execute("UPDATE connections SET ApiKeyProtected = $1, BrokenReason = NULL, ProbeAt = NULL WHERE Id = $2", valid, SendRig.ConnectionId(0));
            committed = valid;
            var since = rig.Clock.GetUtcNow();
            rig.Run(() => planted || rig.Calls.Exists(c => c.At >= since && c.Taken), TimeSpan.FromSeconds(10));
        }

        if (planted)
        {
            rig.Run(TimeSpan.FromSeconds(10));
            usedLater.ShouldBeGreaterThan(0, "the check must notice");
            return;
        }

        rig.RunToTheEnd(TimeSpan.FromMinutes(5));
        usedLater.ShouldBe(0);
        rig.Rows().ShouldAllBe(r => r.State == OutboxState.Accepted && !r.Duplicate);
        rig.Violations().ShouldBeEmpty();
    }

    [Fact]
    public void A_key_that_was_deleted_is_not_used_again()
    {
        using var rig = new SendRig(32);
        var directory = new ConnectionDirectory(rig.Store, static (_, stored) => stored, new WhatsAppOptions());
        var first = directory.Find(SendRig.ConnectionId(0)).ShouldNotBeNull();
        directory.Find(SendRig.ConnectionId(0)).ShouldBeSameAs(first);
        rig.Execute("UPDATE connections SET ApiKeyProtected = NULL WHERE Id = $1", SendRig.ConnectionId(0));
        directory.Find(SendRig.ConnectionId(0)).ShouldBeNull();
        rig.Execute("UPDATE connections SET ApiKeyProtected = $1, BaseUrl = 'https://partnersv1.pinbot.ai' WHERE Id = $2", "second", SendRig.ConnectionId(0));
        var second = directory.Find(SendRig.ConnectionId(0)).ShouldNotBeNull();
        (second.ApiKey.Reveal(), second.BaseUrl.AbsoluteUri).ShouldBe(("second", "https://partnersv1.pinbot.ai/v3"));
        rig.Execute("UPDATE connections SET DisconnectedAt = $1 WHERE Id = $2", SendRig.Start, SendRig.ConnectionId(0));
        directory.Find(SendRig.ConnectionId(0)).ShouldBeNull();
    }
}
