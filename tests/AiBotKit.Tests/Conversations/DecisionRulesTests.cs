using AiBotKit.Conversations;
using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>What happens to a message, decided from values alone: each reason, their order, and their exact boundaries.</summary>
public sealed class DecisionRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly TimeSpan Stale = TimeSpan.FromHours(1);
    private static readonly QuietWindow Quiet = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30));
    private static readonly ArrivalContext Usual = new(true, true, null, "de,es", "Hello", false, Now, Now);

    [Theory]
    [InlineData("STOP", StopWord.Stop)]
    [InlineData("  stop!  ", StopWord.Stop)]
    [InlineData("\"Stop.\"", StopWord.Stop)]
    [InlineData("Stopp", StopWord.Stop)]
    [InlineData("¡Baja!", StopWord.Stop)]
    [InlineData("start", StopWord.Start)]
    [InlineData("alta", StopWord.Start)]
    [InlineData("ferma", StopWord.None)]
    [InlineData("please stop", StopWord.None)]
    [InlineData("Where is the bus stop?", StopWord.None)]
    [InlineData("", StopWord.None)]
    [InlineData("stop                              x", StopWord.None)]
    internal void Only_a_whole_message_in_a_known_language_is_a_stop_word(string text, StopWord word) => StopWords.Classify(text, "de,es").ShouldBe(word);

    [Theory]
    [InlineData("en", "stop,unsubscribe,stop bot,stop ai", "start,unstop,start bot,start ai")]
    [InlineData("es", "alto,parar,detener,baja", "iniciar,comenzar,alta")]
    [InlineData("fr", "arrêt,arret,arrêter,arreter", "démarrer,demarrer,reprendre")]
    [InlineData("de", "stopp,abmelden,anhalten", "starten,anmelden")]
    [InlineData("pt", "parar,pare,sair", "iniciar,começar,comecar")]
    [InlineData("it", "ferma,fermare,basta", "avvia,inizia")]
    [InlineData("nl", "stoppen,afmelden", "beginnen,aanmelden")]
    [InlineData("ar", "توقف,إيقاف,ايقاف", "ابدأ,ابدا,بدء")]
    [InlineData("hi", "रुको,रोकें,बंद", "शुरू,चालू")]
    [InlineData("id", "berhenti", "mulai")]
    [InlineData("tr", "dur,durdur", "başla,basla")]
    [InlineData("ru", "стоп", "старт,начать")]
    [InlineData("zh", "停止,退订", "开始")]
    [InlineData("ja", "停止,ストップ", "開始,スタート")]
    internal void Every_language_has_its_stop_and_start_words_and_english_is_always_known(string language, string stop, string start)
    {
        foreach (var (words, meaning) in new[] { (stop, StopWord.Stop), (start, StopWord.Start) })
        {
            foreach (var word in words.Split(','))
            {
                StopWords.Classify(word, language).ShouldBe(meaning);
                StopWords.Classify($" {word.ToUpperInvariant()}! ", language).ShouldBe(meaning);
                StopWords.Classify(word, "fr, " + language).ShouldBe(meaning);
                StopWords.Classify(word + " please", language).ShouldBe(StopWord.None);
                StopWords.Classify(word, "xx").ShouldBe(language == "en" ? meaning : StopWord.None);
            }
        }

        StopWords.Classify("STOP", language).ShouldBe(StopWord.Stop);
        StopWords.Classify("START", language).ShouldBe(StopWord.Start);
    }

    [Theory]
    [InlineData("", "anything", null)]
    [InlineData(" \n, ", "anything", null)]
    [InlineData("refund, lawyer", "My LAWYER writes", "lawyer")]
    [InlineData("refund\r\nlawyer", "a refund, lawyer!", "refund")]
    [InlineData("refund", "hello", null)]
    public void Banned_words_are_found_in_any_case(string list, string text, string? found) => BannedWords.Find(list, ["first", text]).ShouldBe(found);

    [Theory]
    [InlineData("a question?", false, 6)]
    [InlineData("done.  ", false, 6)]
    [InlineData("कैसे।", false, 6)]
    [InlineData("and", false, 10)]
    [InlineData("", false, 10)]
    [InlineData("and", true, 0)]
    public void The_quiet_window_is_shorter_after_a_finished_sentence_and_none_after_a_tap(string text, bool tap, int seconds) =>
        Quiet.For(text, tap).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void An_arrival_is_paused_stopped_off_late_or_due()
    {
        Outcome(Usual).ShouldBeNull();
        ArrivalRules.Decide(Usual with { ConnectionEnabled = false, Text = "stop" }, Quiet, Stale).ShouldSatisfyAllConditions(
            d => d.Outcome.ShouldBe("paused"), d => d.SwitchAiReplies.ShouldBe(false), d => d.Notice.ShouldBeNull("nothing is sent while paused"));
        Outcome(Usual with { AiReplies = false, AiRepliesReason = "owner" }).ShouldBe("ai_off");
        Outcome(Usual with { AiReplies = false, AiRepliesReason = "stop_word" }).ShouldBe("stopped");
        Outcome(Usual with { At = Now - Stale }).ShouldBe("late");
        Outcome(Usual with { At = Now - Stale + Tick }).ShouldBeNull();
        var due = ArrivalRules.Decide(Usual, Quiet, Stale);
        (due.QuietWindow, due.QuietCap).ShouldBe((Quiet.Longest, Quiet.Cap));
    }

    [Fact]
    public void Stop_and_start_switch_once_and_a_start_never_undoes_the_owner()
    {
        var stop = ArrivalRules.Decide(Usual with { Text = "STOP" }, Quiet, Stale);
        (stop.Outcome, stop.SwitchAiReplies, stop.WaitingReason).ShouldBe(("stopped", false, "stop_word"));
        stop.Notice.ShouldNotBeNull();
        var off = Usual with { AiReplies = false, AiRepliesReason = "stop_word" };
        ArrivalRules.Decide(off with { Text = "STOP" }, Quiet, Stale).Notice.ShouldBeNull();
        var start = ArrivalRules.Decide(off with { Text = "START" }, Quiet, Stale);
        (start.Outcome, start.SwitchAiReplies).ShouldBe(("started", true));
        start.Notice.ShouldNotBeNull();
        var owners = ArrivalRules.Decide(off with { Text = "START", AiRepliesReason = "owner" }, Quiet, Stale);
        (owners.Outcome, owners.SwitchAiReplies).ShouldBe(("ai_off", null));
        ArrivalRules.Decide(Usual with { Text = "START" }, Quiet, Stale).ShouldBe(ArrivalRules.Decide(Usual, Quiet, Stale));
    }

    [Fact]
    public void A_turn_gives_the_first_reason_against_an_answer()
    {
        var all = Turn() with
        {
            ConnectionEnabled = false,
            AiReplies = false,
            Unanswered = [Said("refund", Now - Stale)],
            LastInboundAt = null,
            BannedWords = "refund",
            AiMessageLimit = 5,
            AiMessagesUsed = 5,
            RecentReplies = [.. Enumerable.Repeat((Now, "x"), 3)],
        };
        Decide(all).ShouldBe(new TurnDecision.StoreOnly("paused"));
        Decide(all with { PausedByPlan = true }).ShouldBe(new TurnDecision.StoreOnly("plan"));
        Decide(all = all with { ConnectionEnabled = true }).ShouldBe(new TurnDecision.StoreOnly("human"));
        Decide(all = all with { AiReplies = true }).ShouldBe(new TurnDecision.StoreOnly("late", "late"));
        Decide(all with { Asked = true }).ShouldBe(new TurnDecision.StoreOnly("window", "window"), "a person asked: age is no matter, the window is");
        Decide(all = all with { Unanswered = [Said("refund", Now - Stale), Said("hi", Now - Stale + Tick)] }).ShouldBe(new TurnDecision.StoreOnly("window", "window"));
        Decide(all = all with { LastInboundAt = Now }).ShouldBe(new TurnDecision.Notice("banned", "Not here."));
        Decide(all = all with { BannedWords = "" }).ShouldBe(new TurnDecision.StoreOnly("quota", "quota"));
        Decide(all = all with { AiMessagesUsed = 4 }).ShouldBe(new TurnDecision.StoreOnly("loop", "loop", "loop_guard"));
        Decide(all with { RecentReplies = [] }).ShouldBe(new TurnDecision.Answer());
        Decide(Turn()).ShouldBe(new TurnDecision.Answer());
    }

    [Fact]
    public void The_loop_guard_counts_ten_minutes_and_can_be_off()
    {
        var turn = Turn() with { RecentReplies = [(Now, "a"), (Now, "b"), (Now - TimeSpan.FromMinutes(10) + Tick, "c")] };
        LoopGuard.Triggers(turn, Now, 3).ShouldBeTrue();
        LoopGuard.Triggers(turn, Now, 4).ShouldBeFalse();
        LoopGuard.Triggers(turn, Now, 0).ShouldBeFalse();
        LoopGuard.Triggers(turn, Now + Tick, 3).ShouldBeFalse();
    }

    [Fact]
    public void A_turn_may_pass_a_newer_message_once_redone_or_after_its_patience()
    {
        TurnRules.MayPassNewer(Turn(), Now).ShouldBeFalse();
        TurnRules.MayPassNewer(Turn() with { Redone = true }, Now).ShouldBeTrue();
        TurnRules.MayPassNewer(Turn(), Now + TurnRules.NewerPatience - Tick).ShouldBeFalse();
        TurnRules.MayPassNewer(Turn(), Now + TurnRules.NewerPatience).ShouldBeTrue();
    }

    private static TurnMessage Said(string text, DateTimeOffset at) => new(1, MessageRole.Customer, "text", text, at, null);

    private static string? Outcome(ArrivalContext arrival) => ArrivalRules.Decide(arrival, Quiet, Stale).Outcome;

    private static TurnDecision Decide(TurnSnapshot turn) => TurnRules.Decide(turn, Now, Stale, 3);

    internal static TurnSnapshot Turn() => new()
    {
        ConversationId = Guid.Empty,
        AccountId = Guid.Empty,
        ChatbotId = Guid.Empty,
        ConnectionId = Guid.Empty,
        Address = "15550100101",
        ConversationEpoch = 0,
        ConnectionEpoch = 0,
        ConnectionEnabled = true,
        AiReplies = true,
        LastInboundAt = Now,
        DisclosureDue = false,
        OutageNoticeSent = false,
        WaitingReason = null,
        FallbackMessage = "",
        Disclosure = "",
        BannedWords = "",
        BannedWordsMessage = "Not here.",
        AiMessageLimit = null,
        AiMessagesUsed = 0,
        PeriodStart = Now,
        FirstUnansweredAt = Now,
        Redone = false,
        Unanswered = [Said("Hello", Now)],
        History = [],
        RecentReplies = [],
    };
}
