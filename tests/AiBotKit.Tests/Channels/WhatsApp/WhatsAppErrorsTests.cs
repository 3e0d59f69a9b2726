using System.Text.Json;
using AiBotKit.Channels.WhatsApp;
using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

public sealed class WhatsAppErrorsTests
{
    /// <summary>Every code that the wire facts name, and what may be done.</summary>
    private static readonly (RejectionKind Kind, int[] Codes)[] Expected =
    [
        (RejectionKind.ConnectionBroken, [0, 190]),
        (RejectionKind.OwnerNeeded, [3, 10, 200, 250, 299, 131005, 368, 131031, 33, 131037, 131042, 131045, 133000, 133005, 133006, 133008, 133009, 133010, 133015, 133016]),
        (RejectionKind.Retry, [1, 2, 131000, 131016, 131057, 133004, 2494100]),
        (RejectionKind.WaitConnection, [4, 80007, 130429]),
        (RejectionKind.WaitPair, [131056]),
        (RejectionKind.WindowClosed, [131047]),
        (RejectionKind.Final,
            [100, 130472, 130497, 131008, 131009, 131021, 131026, 131030, 131048, 131049, 131050, 131051, 131052, 131053, 131055, 131062, 132000, 132001, 132005, 132007, 132012, 132015,
            132016, 132018, 132068, 132069, 134011, 134100, 134101, 134102, 135000, 2388001, 2388012, 2388091, 2388093, 2388103]),
    ];

    public static TheoryData<string> ErrorFiles() =>
        [.. WireFixtures.Index().Select(entry => entry.File).Where(file => file.StartsWith("error-", StringComparison.Ordinal))];

    public static TheoryData<string> FailedStatuses() =>
        [.. WireFixtures.Index().Select(entry => entry.File).Where(file => file.StartsWith("status-failed-", StringComparison.Ordinal))];

    [Fact]
    public void Every_code_of_the_table_has_its_kind()
    {
        foreach (var (kind, codes) in Expected)
        {
            foreach (var code in codes)
            {
                WhatsAppErrors.Of(code).Kind.ShouldBe(kind, $"code {code}");
            }
        }

        WhatsAppErrors.Known.Keys.Except(Expected.SelectMany(row => row.Codes)).ShouldBeEmpty("a code in the product without a row here");
    }

    [Fact]
    public void An_unknown_object_is_a_number_that_is_gone_and_not_a_bad_request()
    {
        WhatsAppErrors.Of(100).Kind.ShouldBe(RejectionKind.Final);
        WhatsAppErrors.Of(100, subcode: 33).Kind.ShouldBe(RejectionKind.OwnerNeeded);
    }

    [Fact]
    public void Every_meaning_says_what_happened_that_the_customer_did_not_get_it_and_what_to_do()
    {
        foreach (var (code, meaning) in WhatsAppErrors.Known)
        {
            meaning.Sentence.Split(". ").Length.ShouldBeGreaterThanOrEqualTo(3, $"code {code}");
            meaning.Sentence.ShouldContain("The customer did not get this message.", customMessage: $"code {code}");
            meaning.Sentence.ShouldNotContain("(#");
            (meaning.Kind is RejectionKind.Retry or RejectionKind.WaitPair or RejectionKind.WaitConnection).ShouldBe(meaning.FirstWait is not null, $"code {code}");
            meaning.ChannelBroken.ShouldBe(meaning.Kind is RejectionKind.ConnectionBroken or RejectionKind.OwnerNeeded);
        }
    }

    [Theory]
    [MemberData(nameof(ErrorFiles))]
    public void Every_error_answer_is_mapped_by_its_code_whatever_the_http_status(string file)
    {
        using var document = JsonDocument.Parse(WireFixtures.Bytes(file));
        var error = document.RootElement.GetProperty("error");
        var code = error.GetProperty("code").GetInt32();
        var subcode = error.TryGetProperty("error_subcode", out var value) ? value.GetInt32() : (int?)null;
        var entry = WireFixtures.Index().Single(entry => entry.File == file);

        int[] statuses = [entry.HttpStatus!.Value, 200, .. entry.AltHttpStatus ?? []];
        foreach (var status in statuses)
        {
            var meaning = WhatsAppErrors.Of(code, subcode, status);
            meaning.ShouldBe(WhatsAppErrors.Of(code, subcode));
            meaning.Sentence.ShouldNotContain($"error {code}", customMessage: "fell through to the default");
        }
    }

    [Theory]
    [MemberData(nameof(FailedStatuses))]
    public void Every_failed_status_is_mapped(string file)
    {
        var status = WebhookParser.Parse(WireFixtures.Bytes(file)).Items.ShouldHaveSingleItem().ShouldBeOfType<StatusUpdate>();
        WhatsAppErrors.Known.Keys.ShouldContain(status.Errors.ShouldHaveSingleItem().Code!.Value);
        WhatsAppErrors.OfStatus(status.Errors).ShouldBe(WhatsAppErrors.Known[status.Errors[0].Code!.Value]);
    }

    [Theory]
    [InlineData("pinbot-error-auth.response.json", RejectionKind.ConnectionBroken)]
    [InlineData("pinbot-error-auth-http200.response.json", RejectionKind.ConnectionBroken)]
    [InlineData("pinbot-error-balance.response.json", RejectionKind.OwnerNeeded)]
    [InlineData("pinbot-error-rate.response.json", RejectionKind.WaitConnection)]
    [InlineData("pinbot-error-wrong-number.response.json", RejectionKind.OwnerNeeded)]
    internal void Every_flat_error_of_pinnacle_is_mapped(string file, RejectionKind kind)
    {
        using var document = JsonDocument.Parse(WireFixtures.Bytes(file));
        WhatsAppErrors.OfFlat(document.RootElement.Int("code"u8), 200).Kind.ShouldBe(kind);
    }

    [Fact]
    public void Unknown_codes_are_final_unless_the_status_says_more()
    {
        WhatsAppErrors.Of(999_999).Kind.ShouldBe(RejectionKind.Final);
        WhatsAppErrors.Of(999_999, null, 429).Kind.ShouldBe(RejectionKind.WaitConnection);
        WhatsAppErrors.Of(null, null, 401).Kind.ShouldBe(RejectionKind.ConnectionBroken);
        WhatsAppErrors.OfStatus([]).Kind.ShouldBe(RejectionKind.Final);
    }
}
