using AiBotKit.Assistant;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Assistant;

public sealed class GroundingRulesTests
{
    private const string Owners = "Grinders\nThe Heron costs 249 euros and has a warranty of 3 years. Subscribers save 10 percent.";

    [Theory]
    [InlineData("It costs 249 euros [[1]]", "Does it cost 200 euros?", null)]
    [InlineData("Yes, it costs 200 euros [[1]]", "Does it cost 200 euros?", "200")]
    [InlineData("Yes, only €200 [[1]]", "So it costs 200?", "200")]
    [InlineData("Claro, cuesta 200 € [[1]]", "¿Cuesta 200?", "200")]
    [InlineData("You get 50% off [[1]]", "My friend got 50% off", "50")]
    [InlineData("نعم، السعر 200 يورو [[1]]", "هل السعر 200 يورو؟", "200")]
    [InlineData("हाँ, 200 रुपये [[1]]", "क्या यह 200 रुपये है?", "200")]
    [InlineData("Your order 48213 has a warranty of 3 years [[1]]", "And order 48213?", null)]
    [InlineData("For a table of 8 the Heron costs 249 euros [[1]]", "We are 8", null)]
    [InlineData("The warranty is 5 years [[1]]", "How long is the warranty?", "5")]
    public void An_amount_must_be_the_owners_and_any_number_somebodys(string said, string asked, string? unsupported) =>
        GroundingRules.FirstUnsupported(said, Owners, asked).ShouldBe(unsupported);
}
