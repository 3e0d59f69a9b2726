using System.Globalization;
using AiBotKit.Accounts.Plans;

namespace AiBotKit.Dashboard.Plans;

/// <summary>The AI messages of the billing period as every page shows them.</summary>
/// <param name="Plan">"Essential plan".</param>
/// <param name="Label">What <paramref name="Value"/> is of: messages left, or used when there is no limit.</param>
/// <param name="Value">"562/2,000".</param>
/// <param name="Ring">What is left, as a dash pattern over a circle of length 100.</param>
/// <param name="Css"><c>near</c> from 80 %, <c>out</c> at 100 %, else empty.</param>
/// <param name="Words">The whole as one sentence.</param>
/// <param name="Notice">What to say on every page at 80 and at 100 %; null below.</param>
public sealed record UsageView(string Plan, string Label, string Value, string Ring, string Css, string Words, UsageNotice? Notice);

/// <summary>A warning: a headline and a sentence.</summary>
public sealed record UsageNotice(string Headline, string Sentence);

/// <summary>Puts plan and usage into words. Pure.</summary>
internal static class UsageWords
{
    private static readonly CultureInfo English = CultureInfo.InvariantCulture;

    public static UsageView Of(UsageState usage, TimeZoneInfo zone)
    {
        var plan = usage.Plan.Plan.Name + " plan";
        if (usage is not { Limit: { } limit, Left: { } left })
        {
            return new UsageView(plan, "Messages used", Number(usage.Used), "0 100", "", $"{plan}, no limit. AI messages used in this period: {Number(usage.Used)}", null);
        }

        var css = usage.Level switch { UsageLevel.Near => "near", UsageLevel.Out => "out", _ => "" };
        return new UsageView(
            plan, "Messages left", $"{Number(left)}/{Number(limit)}", $"{Percent(left, limit)} 100", css, $"{plan}. Messages left: {Number(left)} of {Number(limit)}", Notice(usage, left, zone));
    }

    /// <summary>"2,000".</summary>
    public static string Number(long number) => number.ToString("N0", English);

    /// <summary>"500K", "10M", "1.3M": short enough for a card.</summary>
    public static string Short(long number) => number switch
    {
        >= 1_000_000 => (number / 1_000_000.0).ToString("0.#", English) + "M",
        >= 1_000 => (number / 1_000.0).ToString("0.#", English) + "K",
        _ => Number(number),
    };

    /// <summary>"1 December", with the year when it is another one.</summary>
    public static string Day(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString("d MMMM", English);

    /// <summary>"1 December, in 11 days".</summary>
    public static string Resets(DateTimeOffset end, DateTimeOffset now, TimeZoneInfo zone)
    {
        var days = (TimeZoneInfo.ConvertTime(end, zone).Date - TimeZoneInfo.ConvertTime(now, zone).Date).Days;
        return $"{Day(end, zone)}, {days switch { 0 => "today", 1 => "tomorrow", _ => $"in {days} days" }}";
    }

    /// <summary>Whole percent of what is left; never 0 while something is.</summary>
    public static string Percent(long part, long whole) => whole <= 0 || part <= 0 ? "0" : Math.Max(1, part * 100 / whole).ToString(English);

    /// <summary>At the pace of this period, when the last message is used; null when they outlast it, and on its first day, which says nothing of the others.</summary>
    public static DateTimeOffset? LastsUntil(UsageState usage, DateTimeOffset now)
    {
        if (usage is not { Limit: not null, Left: > 0, Used: > 0 } || now - usage.PeriodStart < TimeSpan.FromDays(1))
        {
            return null;
        }

        var end = now + ((now - usage.PeriodStart) * ((double)usage.Left / usage.Used));
        return end < usage.PeriodEnd ? end : null;
    }

    private static UsageNotice? Notice(UsageState usage, long left, TimeZoneInfo zone) => usage.Level switch
    {
        UsageLevel.Near => new("Four fifths of the monthly AI messages are used.", $"{Number(left)} {(left == 1 ? "is" : "are")} left until {Day(usage.PeriodEnd, zone)}. At zero, customers’ messages are still kept and a person can answer."),
        UsageLevel.Out => new("The monthly AI messages are used up.", $"Customers’ messages are kept and marked, and a person can answer. The AI answers again from {Day(usage.PeriodEnd, zone)}."),
        _ => null,
    };
}
