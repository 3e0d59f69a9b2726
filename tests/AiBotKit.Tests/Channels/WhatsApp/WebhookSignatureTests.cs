using System.Text.Json;
using AiBotKit.Channels.WhatsApp;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

public sealed class WebhookSignatureTests
{
    private const string Secret = "invented-app-secret-0123456789abcdef";

    private sealed record Vector(string Name, string Secret, byte[] Body, string Header);

    [Fact]
    public void Every_known_answer_is_accepted_and_made()
    {
        foreach (var vector in Vectors())
        {
            WebhookSignature.IsValid(new(vector.Secret), vector.Body, vector.Header).ShouldBeTrue(vector.Name);
            WebhookSignature.Sign(vector.Secret, vector.Body).ShouldBe(vector.Header, vector.Name);
            WebhookSignature.IsValid(new(vector.Secret + "x"), vector.Body, vector.Header).ShouldBeFalse(vector.Name);
        }
    }

    [Fact]
    public void Every_header_case_ends_as_listed()
    {
        var vectors = Vectors().ToDictionary(vector => vector.Name);
        using var document = JsonDocument.Parse(WireFixtures.Bytes("signature-vectors.json"));
        var cases = document.RootElement.GetProperty("headerCases").EnumerateArray().ToList();
        cases.Count.ShouldBe(15);
        foreach (var item in cases)
        {
            var header = item.GetProperty("header").GetString();
            var vector = vectors[item.GetProperty("body").GetString()!];
            var accepted = WebhookSignature.IsValid(new(vector.Secret), vector.Body, header);
            var accept = item.GetProperty("accept");

            // "configurable" is off by default; "either" is ours to choose: HTTP stacks trim, so do we.
            accepted.ShouldBe(accept.ValueKind == JsonValueKind.True || (accept.ValueKind == JsonValueKind.String && accept.GetString() == "either"), header);
        }
    }

    [Fact]
    public void The_bare_value_and_base64_are_accepted_only_when_configured()
    {
        var vector = Vectors()[0];
        var hex = vector.Header["sha256=".Length..];
        var base64 = Convert.ToBase64String(Convert.FromHexString(hex));

        WebhookSignature.IsValid(new(Secret, PrefixRequired: false), vector.Body, hex).ShouldBeTrue();
        WebhookSignature.IsValid(new(Secret, PrefixRequired: false), vector.Body, vector.Header).ShouldBeTrue();
        WebhookSignature.IsValid(new(Secret, Encoding: SignatureEncoding.Base64), vector.Body, $"sha256={base64}").ShouldBeTrue();
        WebhookSignature.IsValid(new(Secret, Encoding: SignatureEncoding.Base64), vector.Body, vector.Header).ShouldBeFalse();
        WebhookSignature.IsValid(new(Secret, Prefix: "v1="), vector.Body, $"v1={hex}").ShouldBeTrue();
        WebhookSignature.IsValid(new(Secret), vector.Body, hex).ShouldBeFalse();
    }

    [Fact]
    public void Both_secrets_are_valid_during_rotation_and_no_other()
    {
        var body = "{}"u8.ToArray();
        var rotating = new SignatureScheme("new", "old");
        WebhookSignature.IsValid(rotating, body, WebhookSignature.Sign("new", body)).ShouldBeTrue();
        WebhookSignature.IsValid(rotating, body, WebhookSignature.Sign("old", body)).ShouldBeTrue();
        WebhookSignature.IsValid(rotating, body, WebhookSignature.Sign("older", body)).ShouldBeFalse();
        WebhookSignature.IsValid(new("new"), body, WebhookSignature.Sign("old", body)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void Without_a_secret_everything_is_refused(string? previous)
    {
        var body = "{}"u8.ToArray();
        WebhookSignature.IsValid(new("", previous), body, WebhookSignature.Sign("", body)).ShouldBeFalse();
        WebhookSignature.IsValid(new("", previous), body, $"sha256={new string('0', 64)}").ShouldBeFalse();
        WebhookSignature.IsValid(new("", previous), body, null).ShouldBeFalse();
        WebhookSignature.IsValid(new("s", previous), body, WebhookSignature.Sign("", body)).ShouldBeFalse();
    }

    [Fact]
    public void The_static_header_is_a_second_lock_and_no_replacement()
    {
        var body = "{}"u8.ToArray();
        var signature = WebhookSignature.Sign("s", body);
        var scheme = new SignatureScheme("s", StaticHeaderName: "X-Webhook-Secret", StaticHeaderValue: "invented");
        WebhookSignature.IsValid(scheme, body, signature, "invented").ShouldBeTrue();
        WebhookSignature.IsValid(scheme, body, signature, "Invented").ShouldBeFalse();
        WebhookSignature.IsValid(scheme, body, signature, "").ShouldBeFalse();
        WebhookSignature.IsValid(scheme, body, signature, null).ShouldBeFalse();
        WebhookSignature.IsValid(scheme, body, null, "invented").ShouldBeFalse();
        WebhookSignature.IsValid(scheme with { StaticHeaderValue = "" }, body, signature, "").ShouldBeFalse();
        WebhookSignature.IsValid(scheme with { StaticHeaderValue = null }, body, signature, null).ShouldBeFalse();
    }

    [Fact]
    public void Every_single_bit_flip_of_body_and_signature_is_refused()
    {
        var refused = 0;
        foreach (var body in Samples())
        {
            var scheme = new SignatureScheme(Secret);
            var signature = WebhookSignature.Sign(Secret, body);
            WebhookSignature.IsValid(scheme, body, signature).ShouldBeTrue();
            for (var bit = 0; bit < body.Length * 8; bit++)
            {
                body[bit / 8] ^= (byte)(1 << (bit % 8));
                WebhookSignature.IsValid(scheme, body, signature).ShouldBeFalse();
                body[bit / 8] ^= (byte)(1 << (bit % 8));
                refused++;
            }

            var raw = Convert.FromHexString(signature["sha256=".Length..]);
            for (var bit = 0; bit < raw.Length * 8; bit++)
            {
                raw[bit / 8] ^= (byte)(1 << (bit % 8));
                WebhookSignature.IsValid(scheme, body, $"sha256={Convert.ToHexStringLower(raw)}").ShouldBeFalse();
                raw[bit / 8] ^= (byte)(1 << (bit % 8));
                refused++;
            }

            // Truncated, lengthened and re-serialised bodies are other bodies.
            WebhookSignature.IsValid(scheme, body.AsSpan(0, Math.Max(0, body.Length - 1)), signature).ShouldBe(body.Length == 0);
            WebhookSignature.IsValid(scheme, (byte[])[.. body, (byte)'\n'], signature).ShouldBeFalse();
        }

        refused.ShouldBeGreaterThan(20_000);
    }

    private static IEnumerable<byte[]> Samples() =>
        Vectors().Where(vector => vector.Body.Length < 1_000).Select(vector => vector.Body)
            .Concat(WireFixtures.Callbacks().Select(entry => WireFixtures.Bytes(entry.File)).Where(body => body.Length < 1_200).Take(LongRun.Count(5, 50)));

    private static List<Vector> Vectors()
    {
        using var document = JsonDocument.Parse(WireFixtures.Bytes("signature-vectors.json"));
        return [.. document.RootElement.GetProperty("vectors").EnumerateArray().Select(item => new Vector(
            item.GetProperty("name").GetString()!,
            item.GetProperty("secret").GetString()!,
            item.GetProperty("bodyBase64").GetBytesFromBase64(),
            item.GetProperty("header").GetString()!))];
    }
}

public sealed class WebhookVerificationTests
{
    [Fact]
    public void Every_handshake_case_ends_as_listed_except_that_a_strange_challenge_is_refused()
    {
        using var document = JsonDocument.Parse(WireFixtures.Bytes("webhook-verify.requests.json"));
        var count = 0;
        foreach (var item in document.RootElement.EnumerateArray())
        {
            var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(item.GetProperty("query").GetString());
            var challenge = query.TryGetValue("hub.challenge", out var value) ? value.ToString() : null;
            var answer = WebhookVerification.Answer(
                item.GetProperty("verifyTokenConfigured").GetString(),
                query.TryGetValue("hub.mode", out var mode) ? mode.ToString() : null,
                challenge,
                query.TryGetValue("hub.verify_token", out var token) ? token.ToString() : null);

            // The listed alternative for a challenge with markup: reject it.
            var expected = item.GetProperty("status").GetInt32() == 200 && !challenge!.Contains('<', StringComparison.Ordinal) ? item.GetProperty("body").GetString() : null;
            answer.ShouldBe(expected, item.GetProperty("query").GetString());
            count++;
        }

        count.ShouldBe(6);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("Az09_-", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a\n", false)]
    [InlineData("é", false)]
    public void Only_plain_challenges_are_echoed(string challenge, bool echoed) =>
        WebhookVerification.Answer("t", "subscribe", challenge, "t").ShouldBe(echoed ? challenge : null);

    [Fact]
    public void A_challenge_of_128_characters_is_the_longest()
    {
        WebhookVerification.Answer("t", "subscribe", new string('a', 128), "t").ShouldNotBeNull();
        WebhookVerification.Answer("t", "subscribe", new string('a', 129), "t").ShouldBeNull();
        WebhookVerification.Answer(null, "subscribe", "1", null).ShouldBeNull();
        WebhookVerification.Answer("", "subscribe", "1", "").ShouldBeNull();
    }
}
