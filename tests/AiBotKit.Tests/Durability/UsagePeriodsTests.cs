using System.Globalization;
using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Durability;

/// <summary>Billing periods: month arithmetic from the anchor, at every day of the month, over leap years and the ends of months.</summary>
public sealed class UsagePeriodsTests
{
    [Theory]
    [InlineData("2026-01-31T10:00:00", "2026-02-15T00:00:00", "2026-01-31T10:00:00", "2026-02-28T10:00:00")]
    [InlineData("2026-01-31T10:00:00", "2026-02-28T09:59:59", "2026-01-31T10:00:00", "2026-02-28T10:00:00")]
    [InlineData("2026-01-31T10:00:00", "2026-02-28T10:00:00", "2026-02-28T10:00:00", "2026-03-31T10:00:00")]
    [InlineData("2026-01-31T10:00:00", "2026-04-30T10:00:00", "2026-04-30T10:00:00", "2026-05-31T10:00:00")]
    [InlineData("2026-01-31T10:00:00", "2027-01-31T09:59:59", "2026-12-31T10:00:00", "2027-01-31T10:00:00")]
    [InlineData("2024-02-29T00:00:00", "2025-02-28T00:00:00", "2025-02-28T00:00:00", "2025-03-29T00:00:00")]
    [InlineData("2024-02-29T00:00:00", "2028-02-29T00:00:00", "2028-02-29T00:00:00", "2028-03-29T00:00:00")]
    [InlineData("2024-02-29T00:00:00", "2028-02-28T23:59:59", "2028-01-29T00:00:00", "2028-02-29T00:00:00")]
    [InlineData("2026-12-30T23:30:00", "2027-02-28T23:29:59", "2027-01-30T23:30:00", "2027-02-28T23:30:00")]
    [InlineData("2026-11-28T09:00:00", "2026-11-28T09:00:00", "2026-11-28T09:00:00", "2026-12-28T09:00:00")]
    [InlineData("2026-11-28T09:00:00", "2026-11-28T08:59:59", "2026-10-28T09:00:00", "2026-11-28T09:00:00")]
    [InlineData("0001-01-01T00:00:00", "2026-06-15T12:00:00", "2026-06-01T00:00:00", "2026-07-01T00:00:00")]
    public void A_period_is_a_month_from_the_anchor(string anchor, string now, string start, string end) =>
        UsagePeriods.Of(Utc(anchor), Utc(now)).ShouldBe((Utc(start), Utc(end)));

    [Fact]
    public void Whatever_the_offset_is_written_as_the_period_is_counted_in_UTC()
    {
        var anchor = Utc("2026-03-31T23:00:00");
        var there = anchor.ToOffset(TimeSpan.FromHours(9));
        UsagePeriods.Of(there, Utc("2026-05-01T00:00:00").ToOffset(TimeSpan.FromHours(-8))).ShouldBe(UsagePeriods.Of(anchor, Utc("2026-05-01T00:00:00")));
        UsagePeriods.StartOf(there, Utc("2026-05-01T00:00:00")).Offset.ShouldBe(TimeSpan.Zero);
    }

    /// <summary>Every anchor day of four years, leap day included, against every day of the next 26 months: the periods touch, never overlap, and hold the instant.</summary>
    [Fact]
    public void From_every_day_the_periods_follow_one_another_without_gap_or_overlap()
    {
        for (var day = 0; day < 1461; day++)
        {
            var anchor = new DateTimeOffset(2024, 1, 1, 17, 30, 0, TimeSpan.Zero).AddDays(day);
            var expected = anchor;
            for (var now = anchor; now < anchor.AddMonths(26); now = now.AddDays(1))
            {
                var (start, end) = UsagePeriods.Of(anchor, now);
                (start <= now && now < end).ShouldBeTrue($"{anchor:O} {now:O}");
                (start == expected || start > expected).ShouldBeTrue();
                UsagePeriods.StartOf(anchor, end).ShouldBe(end, "the next one begins where this one ends");
                UsagePeriods.StartOf(anchor, end - TimeSpan.FromTicks(1)).ShouldBe(start);
                (end - start).TotalDays.ShouldBeInRange(28, 31);
                end.Day.ShouldBe(Math.Min(anchor.Day, DateTime.DaysInMonth(end.Year, end.Month)));
                expected = start;
            }
        }
    }

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
