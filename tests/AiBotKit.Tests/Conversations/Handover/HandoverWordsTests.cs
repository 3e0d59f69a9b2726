using AiBotKit.Conversations.Handover;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations.Handover;

/// <summary>Who asks for a person, and who only speaks of one (product B3, pains 37 and 39).</summary>
public sealed class HandoverWordsTests
{
    private const string All = "en,es,fr,de,pt,it,nl,id,tr,ru,hi,ar,zh,ja";

    [Theory]
    [InlineData("I want to talk to a human", "en")]
    [InlineData("can i speak with a real person please?", "en")]
    [InlineData("Could you connect me to customer support", "en")]
    [InlineData("human", "en")]
    [InlineData("AGENT!!", "en")]
    [InlineData("I need a person", "en")]
    [InlineData("a human please", "en")]
    [InlineData("Hello. Agent, please!", "en")]
    [InlineData("get me a representative now", "en")]
    [InlineData("My parcel is lost, this is the third time I write. Please let me speak to someone from your team.", "en")]
    [InlineData("Quiero hablar con una persona", "es")]
    [InlineData("¿Puedo hablar con alguien?", "es")]
    [InlineData("necesito un agente por favor", "es")]
    [InlineData("pásame con un operador", "es")]
    [InlineData("Je voudrais parler à quelqu'un", "fr")]
    [InlineData("parler avec un conseiller svp", "fr")]
    [InlineData("Passez-moi un être humain", "fr")]
    [InlineData("Ich möchte mit einem Menschen sprechen", "de")]
    [InlineData("Kann ich bitte mit jemandem aus Ihrem Team reden?", "de")]
    [InlineData("Mitarbeiter", "de")]
    [InlineData("Quero falar com um atendente", "pt")]
    [InlineData("posso falar com alguém?", "pt")]
    [InlineData("Vorrei parlare con un operatore", "it")]
    [InlineData("posso parlare con qualcuno", "it")]
    [InlineData("Kan ik met een medewerker spreken?", "nl")]
    [InlineData("saya mau bicara dengan admin", "id")]
    [InlineData("Müşteri temsilcisiyle görüşmek istiyorum", "tr")]
    [InlineData("Хочу поговорить с живым человеком", "ru")]
    [InlineData("позовите оператора", "ru")]
    [InlineData("मुझे किसी इंसान से बात करनी है", "hi")]
    [InlineData("أريد التحدث مع شخص حقيقي", "ar")]
    [InlineData("我要转人工", "zh")]
    [InlineData("担当者と話したいです", "ja")]
    public void Asking_for_a_person_is_understood(string text, string language) => HandoverWords.Find([text], All, "").ShouldBe(language);

    [Theory]
    [InlineData("Do you have hair made of human hair?")]
    [InlineData("How many people work for you?")]
    [InlineData("Is the price per person?")]
    [InlineData("I am a travel agent, do you give discounts?")]
    [InlineData("I don't want to talk to a human")]
    [InlineData("no need to speak to someone")]
    [InlineData("I want to know the price for one person")]
    [InlineData("What does the cleaning agent cost?")]
    [InlineData("I want to give my sister a present")]
    [InlineData("My manager wants an invoice")]
    [InlineData("Are you a person?")]
    [InlineData("¿Cuánto cuesta por persona?")]
    [InlineData("No quiero hablar con nadie")]
    [InlineData("Combien par personne ?")]
    [InlineData("Je ne veux pas parler à un humain")]
    [InlineData("Was kostet das pro Person?")]
    [InlineData("Wie viele Mitarbeiter haben Sie?")]
    [InlineData("Ich will nicht mit einem Menschen sprechen")]
    [InlineData("Quanto custa por pessoa?")]
    [InlineData("Quanto costa a persona?")]
    [InlineData("I need a person-sized box")]
    [InlineData("can i have human resources' address")]
    [InlineData("")]
    [InlineData("👍")]
    public void Speaking_of_a_person_is_not(string text) => HandoverWords.Find([text], All, "").ShouldBeNull();

    [Fact]
    public void Only_the_bots_languages_count_and_English_always()
    {
        HandoverWords.Find(["Quiero hablar con una persona"], "de,fr", "").ShouldBeNull();
        HandoverWords.Find(["I want to talk to a human"], "de,fr", "").ShouldBe("en");
    }

    [Fact]
    public void The_owners_own_words_count_as_whole_words_in_any_message_of_the_turn()
    {
        HandoverWords.Find(["Hello", "is the CAPTAIN there?"], "en", "captain\nfront desk").ShouldBe("");
        HandoverWords.Find(["the front-desk please"], "en", "captain\nfront desk").ShouldBe("");
        HandoverWords.Find(["captaincy"], "en", "captain").ShouldBeNull();
    }

    [Fact]
    public void A_long_text_is_read_at_its_end_and_reading_ends()
    {
        var story = string.Concat(Enumerable.Repeat("I ordered a bag of coffee and it never came. ", 200));
        HandoverWords.Find([story], All, "").ShouldBeNull();
        HandoverWords.Find([story + "Let me talk to a person."], All, "").ShouldBe("en");
    }
}
