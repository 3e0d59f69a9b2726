using AiBotKit.Conversations.Leads;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations.Leads;

/// <summary>Whole talks about a lead form, line by line, in several languages (product B3, (c) 25).</summary>
public sealed class LeadRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly LeadFormValues Form = LeadFormValues.New with { Enabled = true, Position = LeadPosition.Start };
    private static readonly LeadKnown Nobody = new(null, null);
    private static readonly LeadKnown Ana = new("Ana", "+491701234567");

    /// <summary>Every talk: "?" is what the bot says (a part of it), "!" what the customer says, "(answer)" that the assistant is asked first.</summary>
    public static TheoryData<string, string, string[]> Talks => new()
    {
        { "en", "all", ["?We need your details", "?What is your name?", "!My name is Ana Duarte", "?e-mail", "!it is Ana@Example.com", "?phone", "!00351 912 345 678", "?Thank you, Ana Duarte!", "=Ana Duarte|ana@example.com|+351912345678"] },
        { "en", "all", ["?name", "!Ana Duarte, ana@example.com, +351 912345678", "?Thank you, Ana Duarte!", "=Ana Duarte|ana@example.com|+351912345678"] },
        { "en", "all", ["?name", "!skip", "?leave that out", "?e-mail", "!ana@example.com", "?phone", "!skip", "?Thank you! We have", "=|ana@example.com|"] },
        { "en", "all", ["?name", "!no thanks", "?No problem.", "=||"] },
        { "en", "all", ["?name", "!later", "?No problem.", "=||"] },
        { "en", "all", ["?name", "!Ana", "?e-mail", "!not now", "?No problem.", "=Ana||"] },
        { "en", "all", ["?name", "!Ana", "?e-mail", "!ana at example", "?does not look like an e-mail", "!ana@example", "?does not look like an e-mail", "!@@@", "?leave that out", "?phone", "!12", "?does not look like a phone", "!555", "?does not look like a phone", "!0", "?leave that out", "?Thank you, Ana!", "=Ana||"] },
        { "en", "all", ["?name", "!What time do you open?", "(answer)", "?What is your name?", "!And on Sundays?", "(answer)", "-", "!Ana", "?e-mail"] },
        { "en", "all", ["?name", "!Ana\nWhat time do you open?", "(answer)", "?e-mail"] },
        { "en", "all", ["?name", "!tell me about the price of shipping", "(answer)", "?name"] },
        { "en", "all", ["?name", "!Will Smith", "?e-mail"] },
        { "en", "all", ["?name", "!ok", "?did not catch a name", "!hello", "?did not catch a name", "!Maria de la Cruz", "?e-mail"] },
        { "en", "known", ["?Shall we use the number +491701234567 and the name Ana?", "!Yes please!", "?e-mail", "!ana@example.com", "?Thank you, Ana!", "=Ana|ana@example.com|+491701234567"] },
        { "en", "known", ["?Shall we use", "!Anna Meier", "?e-mail", "!skip", "?Thank you, Anna Meier!", "=Anna Meier||+491701234567"] },
        { "en", "known", ["?Shall we use", "!+49 30 1234567", "?e-mail", "!skip", "?Thank you, Ana!", "=Ana||+49301234567"] },
        { "en", "known", ["?Shall we use", "!no", "?leave that out", "?e-mail", "!skip", "?No problem.", "=||"] },
        { "en", "known", ["?Shall we use", "!Do you deliver to Porto?", "(answer)", "?Shall we use", "!yes", "?e-mail"] },
        { "en", "known", ["?Shall we use", "!!!!", "?Please reply yes", "!123", "?Please reply yes", "!...", "?leave that out", "?e-mail"] },
        { "en", "consent", ["?May we keep it?", "?yes or no", "!yes", "?Shall we use", "!yes", "?e-mail"] },
        { "en", "consent", ["?May we keep it?", "!no", "?we store nothing", "=||"] },
        { "en", "consent", ["?May we keep it?", "!hmm", "?yes or no", "!perhaps", "?yes or no", "!hmm", "?we store nothing", "=||"] },
        { "en", "consent", ["?May we keep it?", "!Who are you?", "(answer)", "?May we keep it?", "!I agree", "?Shall we use"] },
        { "en", "own", ["?Which size?", "!Do you have 42?", "(answer)", "?Which size?", "!42", "?Do you have a coupon?", "!no", "?Please tell us: Company", "!Acme, Inc.", "?Thank you!", "=|||Which size?=42|Do you have a coupon?=no|Company=Acme, Inc."] },
        { "en", "own", ["?Which size?", "!skip", "?coupon", "!skip", "?Company", "!skip", "?No problem.", "=||"] },
        { "en", "texts", ["?Before we go on", "?name", "!Ana", "?Cheers Ana, and again: Ana", "=Ana||"] },
        { "en", "texts", ["?Before we go on", "?name", "!skip", "?No problem."] },
        { "es", "all", ["?Necesitamos sus datos", "?¿Cómo se llama?", "!Me llamo José Núñez", "?correo", "!¿A qué hora abren?", "(answer)", "?correo", "!jose@example.com", "?teléfono", "!omitir", "?¡Gracias, José Núñez!", "=José Núñez|jose@example.com|"] },
        { "es", "known", ["?¿Usamos el número", "!sí", "?correo", "!no, gracias", "?No hay problema.", "=Ana||+491701234567"] },
        { "fr", "all", ["?Quel est votre nom", "!Je m'appelle Zoé", "?adresse e-mail", "!zoe chez free", "?ne ressemble pas", "!passer", "?laissons de côté", "?téléphone", "!plus tard", "?Pas de problème.", "=Zoé||"] },
        { "fr", "known", ["?Pouvons-nous utiliser", "!oui", "?adresse e-mail"] },
        { "de", "all", ["?Wie heißen Sie?", "!Ich heiße Jörg Groß", "?E-Mail-Adresse", "!wann habt ihr offen", "(answer)", "?E-Mail-Adresse", "!später", "?Kein Problem.", "=Jörg Groß||"] },
        { "de", "known", ["?Dürfen wir die Nummer", "!ja", "?E-Mail-Adresse", "!überspringen", "?lassen wir aus", "?Vielen Dank, Ana!", "=Ana||+491701234567"] },
        { "pt", "known", ["?Podemos usar", "!sim", "?e-mail", "!pular", "?Obrigado, Ana!"] },
        { "pt", "all", ["?Qual é o seu nome?", "!Chamo-me Inês", "?e-mail", "!não, obrigada", "?Sem problema.", "=Inês||"] },
        { "it", "known", ["?Possiamo usare", "!va bene", "?e-mail", "!salta", "?Grazie, Ana!"] },
        { "it", "all", ["?Come si chiama?", "!Mi chiamo Ugo", "?e-mail", "!non ora", "?Nessun problema.", "=Ugo||"] },
        { "ar", "known", ["?هل نستخدم الرقم", "!نعم", "?بريدك", "!تخطي", "?شكرًا لك يا Ana"] },
        { "ar", "all", ["?ما اسمك؟", "!اسمي ليلى", "?بريدك", "!كم السعر؟", "(answer)", "?بريدك", "!لا شكرا", "?لا مشكلة.", "=ليلى||"] },
        { "hi", "known", ["?क्या हम नंबर", "!हाँ", "?ईमेल", "!छोड़ें", "?धन्यवाद, Ana"] },
        { "hi", "all", ["?आपका नाम क्या है?", "!मेरा नाम रवि है", "?ईमेल", "!बाद में", "?कोई बात नहीं।", "=रवि||"] },
        { "ja", "all", ["?What is your name?", "!Yuki", "?e-mail"] },
    };

    [Theory]
    [MemberData(nameof(Talks))]
    public void A_talk_goes_as_written(string language, string kind, string[] lines)
    {
        var (form, known) = kind switch
        {
            "known" => (Form, Ana),
            "consent" => (Form with { Consent = true, ConsentText = "May we keep it?" }, Ana),
            "own" => (Form with { AskName = false, AskEmail = false, AskPhone = false, OwnFields = ["Which size?", "Do you have a coupon?", "Company"] }, Nobody),
            "texts" => (Form with { AskEmail = false, AskPhone = false, Heading = "Before we go on", SuccessWithName = "Cheers {user_name}, and again: {user_name}" }, Nobody),
            _ => (Form, Nobody),
        };
        var context = Context(form, known, language);
        var step = LeadRules.Begin(context, null, LeadMoment.Greeting).ShouldNotBeNull();
        foreach (var line in lines)
        {
            var at = $"{line} in: {string.Join(" / ", lines)}; said: {step.Say}";
            switch (line[0])
            {
                case '?':
                    step.Say.ShouldNotBeNull(at).ShouldContain(line[1..], Case.Sensitive, at);
                    break;
                case '-':
                    step.Say.ShouldBeNull(at);
                    break;
                case '(':
                    step.Answers.ShouldBeTrue(at);
                    break;
                case '=':
                    var own = string.Concat(step.State.Own.Select(o => $"|{o.Label}={o.Value}"));
                    $"{step.State.Name}|{step.State.Email}|{step.State.Phone}{own}".ShouldBe(line[1..], at);
                    step.State.IsOpen.ShouldBeFalse(at);
                    LeadRules.Hear(context, step.State, new LeadHeard(["Ana"])).ShouldBeNull("never asked again");
                    LeadRules.Begin(context, step.State, LeadMoment.Thanks).ShouldBeNull("never asked again");
                    break;
                default:
                    step = LeadRules.Hear(context, step.State, new LeadHeard(line[1..].Split('\n'))).ShouldNotBeNull(at);
                    break;
            }
        }
    }

    [Theory]
    [InlineData(nameof(LeadPosition.Start), nameof(LeadMoment.Greeting), true)]
    [InlineData(nameof(LeadPosition.Start), nameof(LeadMoment.NotKnown), true)]
    [InlineData(nameof(LeadPosition.Start), nameof(LeadMoment.Topics), false)]
    [InlineData(nameof(LeadPosition.Start), nameof(LeadMoment.Outage), false)]
    [InlineData(nameof(LeadPosition.AfterFirstAnswer), nameof(LeadMoment.Greeting), false)]
    [InlineData(nameof(LeadPosition.AfterFirstAnswer), nameof(LeadMoment.SmallTalk), false)]
    [InlineData(nameof(LeadPosition.AfterFirstAnswer), nameof(LeadMoment.NotKnown), false)]
    [InlineData(nameof(LeadPosition.AfterFirstAnswer), nameof(LeadMoment.Answered), true)]
    [InlineData(nameof(LeadPosition.End), nameof(LeadMoment.Thanks), true)]
    public void A_form_begins_at_its_place(string position, string moment, bool begins) =>
        (LeadRules.Begin(Context(Form with { Position = Enum.Parse<LeadPosition>(position) }, Nobody), null, Enum.Parse<LeadMoment>(moment))?.Say is not null).ShouldBe(begins);

    [Fact]
    public void At_the_end_it_is_planned_anew_with_each_turn()
    {
        var context = Context(Form with { Position = LeadPosition.End }, Ana);
        var planned = LeadRules.Begin(context, null, LeadMoment.Answered).ShouldNotBeNull();
        (planned.Say, planned.State.Stage).ShouldBe((null, LeadStage.Planned));
        var opening = planned.Opening.ShouldNotBeNull();
        opening.Say!.ShouldContain("Shall we use");
        opening.State.IsOpen.ShouldBeTrue();
        LeadRules.Begin(context with { Now = Now.AddHours(1) }, planned.State, LeadMoment.Answered)!.Opening!.State.AskedAt.ShouldBe(Now.AddHours(1));
    }

    [Fact]
    public void A_form_that_asks_nothing_never_begins() =>
        LeadRules.Begin(Context(Form with { AskName = false, AskEmail = false, AskPhone = false }, Nobody), null, LeadMoment.Greeting).ShouldBeNull();

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 24)]
    public void After_a_persons_act_and_after_a_day_nothing_is_asked_any_more(long epoch, int hours)
    {
        var context = Context(Form, Nobody);
        var begun = LeadRules.Begin(context, null, LeadMoment.Greeting)!.State;
        var later = LeadRules.Hear(context with { Epoch = epoch, Now = Now.AddHours(hours) }, begun, new LeadHeard(["Ana"])).ShouldNotBeNull();
        (later.Say, later.Answers, later.State.Stage, later.State.Name).ShouldBe((null, true, LeadStage.Left, null));
    }

    [Fact]
    public void Consent_keeps_its_exact_words_and_its_time_and_without_it_there_is_no_lead()
    {
        var context = Context(Form with { Consent = true }, Nobody);
        var begun = LeadRules.Begin(context, null, LeadMoment.Greeting)!.State;
        var no = LeadRules.Hear(context, begun, new LeadHeard(["No"]))!.State;
        (no.ConsentGiven, no.ConsentText, no.ConsentAt, no.ToLead()).ShouldBe((false, "May we store your details to get back to you?", Now, null));
        var yes = LeadRules.Hear(context, begun, new LeadHeard(["Yes"]))!.State;
        var lead = LeadRules.Hear(context, yes, new LeadHeard(["Ana"]))!.State.ToLead().ShouldNotBeNull();
        (lead.Name, lead.ConsentText, lead.ConsentAt, lead.IsComplete).ShouldBe(("Ana", "May we store your details to get back to you?", Now, false));
    }

    [Fact]
    public void A_pick_from_a_list_of_topics_is_no_answer_to_the_form()
    {
        var context = Context(Form, Nobody);
        var begun = LeadRules.Begin(context, null, LeadMoment.Greeting)!.State;
        LeadRules.Hear(context, begun, new LeadHeard(["2"], Picks: true))!.Answers.ShouldBeTrue();
    }

    [Fact]
    public void What_is_stored_can_be_read_again()
    {
        var state = LeadRules.Begin(Context(Form with { OwnFields = ["Größe?"] }, Ana), null, LeadMoment.Greeting)!.State;
        var read = LeadState.Read(state.Write()).ShouldNotBeNull();
        (read.Stage, read.KnownName, read.KnownPhone, read.LeadId).ShouldBe((LeadStage.Confirm, "Ana", "+491701234567", state.LeadId));
    }

    [Fact]
    public void Every_language_has_every_sentence_in_its_own_words()
    {
        var all = LeadTexts.Languages.Select(LeadTexts.For).ToList();
        all.Count.ShouldBe(8);
        foreach (var property in typeof(LeadTexts.Sentences).GetProperties().Where(p => p.PropertyType == typeof(string)))
        {
            var texts = all.Select(s => (string)property.GetValue(s)!).ToList();
            texts.ShouldAllBe(t => t.Length > 0);
            texts.Distinct().Count().ShouldBe(8, property.Name);
            texts.Select(t => t.Split('{').Length).Distinct().Count().ShouldBe(1, property.Name);
        }
    }

    [Fact]
    public void The_preview_plays_the_talk_to_its_end()
    {
        var lines = LeadPreview.Of(Form with { Consent = true, OwnFields = ["Which size?"] }, "en");
        lines.Count(l => !l.IsBot).ShouldBe(4);
        lines[^1].ShouldBe(new LeadLine(true, "Thank you, Ana Duarte! We have your details."));
        LeadPreview.Of(Form with { AskName = false, AskEmail = false, AskPhone = false }, "en").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("call me on +1 (555) 010-0100 please", "+15550100100")]
    [InlineData("0170 1234567", "01701234567")]
    [InlineData("٠١٧٠١٢٣٤٥٦٧", "01701234567")]
    [InlineData("12345", null)]
    [InlineData("order 1234567890123456", null)]
    public void Phones_are_found(string text, string? expected) => LeadFieldRules.Phone(text).Value.ShouldBe(expected);

    [Theory]
    [InlineData("ana@example.com", "ana@example.com")]
    [InlineData("Mail: <Ana.D+x@Mail.Example.co.uk>.", "ana.d+x@mail.example.co.uk")]
    [InlineData("ana@example", null)]
    [InlineData("@example.com", null)]
    [InlineData("a b@c", null)]
    public void Addresses_are_found(string text, string? expected) => LeadFieldRules.Email(text).Value.ShouldBe(expected);

    [Theory]
    [InlineData("I'm Ana", "Ana")]
    [InlineData("O'Brien", "O'Brien")]
    [InlineData("=cmd", "=cmd")]
    [InlineData("🙂", null)]
    [InlineData("Ana2", null)]
    [InlineData("https://x", null)]
    public void Names_are_told_from_what_is_none(string text, string? expected) => LeadFieldRules.Name(text).ShouldBe(expected);

    private static LeadContext Context(LeadFormValues form, LeadKnown known, string language = "en") => new(form, known, language, 0, Now, new Guid("00000000-0000-7000-8000-000000000001"));
}
