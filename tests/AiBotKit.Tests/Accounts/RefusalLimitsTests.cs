using System.Globalization;
using AiBotKit.Accounts;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Accounts;

public sealed class RefusalLimitsTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 4, 9, 30, 0, TimeSpan.Zero));

    [Fact]
    public void One_address_has_its_share_of_an_hour_and_the_last_line_says_so()
    {
        var limits = new RefusalLimits(_time);
        Take(limits, "a", 40).ShouldBe([.. Enumerable.Repeat(RefusalRoom.Free, RefusalLimits.PerAddress - 1), RefusalRoom.Last, .. Enumerable.Repeat(RefusalRoom.None, 40 - RefusalLimits.PerAddress)]);
        limits.Take("b").ShouldBe(RefusalRoom.Free);
        _time.Advance(TimeSpan.FromMinutes(30));
        limits.Take("a").ShouldBe(RefusalRoom.Free);
    }

    [Fact]
    public void Many_addresses_share_the_hour()
    {
        var limits = new RefusalLimits(_time);
        var rooms = Enumerable.Range(0, 5_000).Select(i => limits.Take(i.ToString(CultureInfo.InvariantCulture))).ToList();
        rooms.Count(room => room != RefusalRoom.None).ShouldBe(RefusalLimits.PerHour);
        rooms[RefusalLimits.PerHour - 1].ShouldBe(RefusalRoom.Last);
    }

    private static List<RefusalRoom> Take(RefusalLimits limits, string address, int count) => [.. Enumerable.Range(0, count).Select(_ => limits.Take(address))];
}
