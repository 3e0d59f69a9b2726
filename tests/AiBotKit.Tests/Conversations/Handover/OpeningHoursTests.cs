using AiBotKit.Conversations.Handover;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations.Handover;

/// <summary>When people are there, and what the customer is told of it.</summary>
public sealed class OpeningHoursTests
{
    private const string Shop = "mon 09:00-12:30\nmon 13:30-18:00\ntue 09:00-18:00\nfri 20:00-24:00";

    /// <summary>A Monday.</summary>
    private static DateTime Monday(int hour, int minute = 0) => new(2026, 11, 30, hour, minute, 0);

    [Theory]
    [InlineData(8, 59, false)]
    [InlineData(9, 0, true)]
    [InlineData(12, 29, true)]
    [InlineData(12, 30, false)]
    [InlineData(13, 30, true)]
    [InlineData(17, 59, true)]
    [InlineData(18, 0, false)]
    public void A_time_begins_with_its_first_minute_and_ends_before_its_last(int hour, int minute, bool open) => OpeningHours.Parse(Shop)!.IsOpen(Monday(hour, minute)).ShouldBe(open);

    [Fact]
    public void Until_midnight_holds_to_the_last_minute_of_the_day_and_no_longer()
    {
        var hours = OpeningHours.Parse(Shop)!;
        hours.IsOpen(Monday(23, 59).AddDays(4)).ShouldBeTrue();
        hours.IsOpen(Monday(0).AddDays(5)).ShouldBeFalse();
    }

    [Fact]
    public void The_next_opening_is_later_today_another_day_or_a_week_from_now()
    {
        var hours = OpeningHours.Parse(Shop)!;
        hours.NextOpening(Monday(7)).ShouldBe(Monday(9));
        hours.NextOpening(Monday(12, 45)).ShouldBe(Monday(13, 30));
        hours.NextOpening(Monday(19)).ShouldBe(Monday(9).AddDays(1));
        hours.NextOpening(Monday(19).AddDays(1)).ShouldBe(Monday(20).AddDays(4));
        OpeningHours.Parse("mon 09:00-10:00")!.NextOpening(Monday(9, 30)).ShouldBe(Monday(9).AddDays(7));
        OpeningHours.Parse("")!.NextOpening(Monday(9)).ShouldBeNull();
    }

    [Theory]
    [InlineData("mon")]
    [InlineData("mon 9-17")]
    [InlineData("mon 17:00-09:00")]
    [InlineData("moon 09:00-17:00")]
    [InlineData("mon 25:00-26:00")]
    [InlineData("mon 09:00-12:00\nmon 11:59-13:00")]
    [InlineData("fri 20:00-24:00\nfri 23:00-23:30")]
    [InlineData("mon 09:00-09:00")]
    public void What_cannot_be_read_or_overlaps_is_refused(string text) => OpeningHours.Parse(text).ShouldBeNull();

    [Fact]
    public void Written_again_it_says_the_same_in_order()
    {
        OpeningHours.Parse("tue 9:00-18:00; Mon 13:30–18:00; mon 09:00-12:30; FRI 20:00-24:00")!.ToString().ShouldBe("mon 09:00-12:30\nmon 13:30-18:00\ntue 09:00-18:00\nfri 20:00-00:00");
        OpeningHours.Parse(Shop)!.Of(DayOfWeek.Monday).ShouldBe("09:00-12:30, 13:30-18:00");
        OpeningHours.Parse(OpeningHours.Parse(Shop)!.ToString())!.ToString().ShouldBe(OpeningHours.Parse(Shop)!.ToString());
    }

    [Theory]
    [InlineData("en", 10, "Our team is here right now.")]
    [InlineData("en", 8, "Our team is here again today at 09:00.")]
    [InlineData("de", 20, "Unser Team ist morgen um 09:00 Uhr wieder da.")]
    [InlineData("es", 13, "Nuestro equipo vuelve a estar disponible hoy a las 13:30.")]
    [InlineData("xx", 10, "Our team is here right now.")]
    public void The_customer_is_told_when_people_are_there(string language, int hour, string end) =>
        HandoverTexts.Told("", language, OpeningHours.Parse(Shop)!, Monday(hour)).ShouldEndWith(" " + end);

    [Fact]
    public void Without_hours_nothing_is_said_of_them_and_the_owners_words_stand_as_they_are()
    {
        HandoverTexts.Told("", "fr", OpeningHours.Parse("")!, Monday(3)).ShouldBe("Je transmets à une personne de notre équipe. Elle peut lire notre échange et vous répondra ici.");
        HandoverTexts.Told("Ana takes over.", "fr", OpeningHours.Parse("")!, Monday(3)).ShouldBe("Ana takes over.");
        HandoverTexts.Told("Ana takes over.", "en", OpeningHours.Parse(Shop)!, Monday(19).AddDays(1)).ShouldBe("Ana takes over. Our team is here again on Friday at 20:00.");
    }

    [Fact]
    public void Every_language_has_every_sentence()
    {
        foreach (var language in (string[])["en", "es", "fr", "de", "pt", "it", "ar", "hi"])
        {
            for (var day = 0; day < 7; day++)
            {
                HandoverTexts.Told("", language, OpeningHours.Parse("mon 09:00-10:00\nthu 09:00-10:00")!, Monday(11).AddDays(day)).ShouldContain("09:00");
            }
        }
    }
}
