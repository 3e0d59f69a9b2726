using AiBotKit.Conversations.Contacts;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations.Contacts;

/// <summary>Which two ways of writing are one number.</summary>
public sealed class NumberVariantsTests
{
    [Theory]
    [InlineData("5511987654321", "551187654321", "Brazil, a mobile with the ninth digit")]
    [InlineData("551167654321", "5511967654321", "Brazil, a mobile of before it")]
    [InlineData("551133334444", null, "Brazil, a landline")]
    [InlineData("5511933334444", null, "Brazil, a mobile that never had eight digits: without the 9 it would be somebody's landline")]
    [InlineData("5215512345678", "525512345678", "Mexico with the 1")]
    [InlineData("525512345678", "5215512345678", "Mexico without it")]
    [InlineData("5491123456789", "541123456789", "Argentina with the 9")]
    [InlineData("541123456789", "5491123456789", "Argentina without it")]
    [InlineData("15550100101", null, "a number of another country")]
    [InlineData("4915550104455", null, "a number of 13 digits of another country")]
    [InlineData("55119876543", null, "too short")]
    [InlineData("55119876543210", null, "too long")]
    [InlineData("", null, "nothing")]
    public void The_other_form_is_known_where_there_is_one(string digits, string? other, string what)
    {
        NumberVariants.Of(digits).ShouldBe(other, what);
        if (other is not null)
        {
            NumberVariants.Of(other).ShouldBe(digits, "and back");
        }
    }

    [Fact]
    public void A_session_id_has_a_variant_only_for_a_number()
    {
        NumberVariants.OfSession("wa_525512345678").ShouldBe("wa_5215512345678");
        NumberVariants.OfSession("wa_US.525512345678").ShouldBeNull();
        NumberVariants.OfSession("web_525512345678").ShouldBeNull();
    }
}
