using System.Text;
using AiBotKit.Durability;
using AiBotKit.Storage;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Simulator;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>
/// Requests whose end two readers could see at different places (S-H7), written byte by byte to the real server: each is refused, its
/// connection is closed, and what stands behind it is not taken for a request.
/// </summary>
public sealed class RequestSmugglingTests
{
    private const string Smuggled = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    private static readonly byte[] Callback = TextCallback.Body("wamid.SMUGGLED", "Hello?");

    /// <summary>Head lines between Host and the empty line; $L stands for the right length. Then how the body is written.</summary>
    public static TheoryData<string, string, string> Ambiguous { get; } = new()
    {
        { "both lengths, chunked", "Content-Length: $L\r\nTransfer-Encoding: chunked", "chunked" },
        { "both lengths, the other order", "Transfer-Encoding: chunked\r\nContent-Length: $L", "chunked" },
        { "both lengths, body by length", "Content-Length: $L\r\nTransfer-Encoding: chunked", "plain" },
        { "length 0 and chunked", "Content-Length: 0\r\nTransfer-Encoding: chunked", "chunked" },
        { "two lengths", "Content-Length: $L\r\nContent-Length: 4", "plain" },
        { "two equal lengths", "Content-Length: $L\r\nContent-Length: $L", "plain" },
        { "a list of lengths", "Content-Length: $L, $L", "plain" },
        { "a negative length", "Content-Length: -1", "plain" },
        { "a length with a sign", "Content-Length: +$L", "plain" },
        { "nothing with a sign", "Content-Length: -0", "plain" },
        { "a length longer than any number", "Content-Length: 00000000000000000000$L", "plain" },
        { "a hexadecimal length", "Content-Length: 0x10", "plain" },
        { "chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "chunked" },
        { "chunked is not last", "Transfer-Encoding: chunked, identity", "chunked" },
        { "an unknown coding", "Transfer-Encoding: xchunked", "chunked" },
        { "a space before the colon", "Transfer-Encoding : chunked\r\nContent-Length: $L", "plain" },
        { "a folded line", "X-A: b\r\n c: d\r\nContent-Length: $L", "plain" },
        { "a bare line feed in the head", "X-A: b\nTransfer-Encoding: chunked\r\nContent-Length: $L", "plain" },
        { "a bare carriage return in the head", "X-A: b\rTransfer-Encoding: chunked\r\nContent-Length: $L", "plain" },
        { "a NUL in the head", "X-A: b\0c\r\nContent-Length: $L", "plain" },
        { "a chunk extension ended by a bare line feed", "Transfer-Encoding: chunked", "extension LF" },
        { "a chunk extension with a bare carriage return", "Transfer-Encoding: chunked", "extension CR" },
        { "a chunk size with a sign", "Transfer-Encoding: chunked", "signed" },
        { "a chunk size that overflows", "Transfer-Encoding: chunked", "overflow" },
        { "a chunk longer than its size", "Transfer-Encoding: chunked", "longer" },
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public async Task A_request_whose_end_is_in_doubt_is_refused_and_what_follows_it_is_no_request(string what, string head, string body)
    {
        await using var shop = await TalkingShop.StartAsync();
        using var call = await RawCall.PostAsync(shop.App.Address, [], head.Replace("$L", $"{Callback.Length}", StringComparison.Ordinal), "X-Hub-Signature-256: " + TextCallback.Sign(Callback));
        await call.WriteAsync([.. Written(body), .. Encoding.ASCII.GetBytes(Smuggled)]);
        var answers = await call.StatusesAsync(Stop);
        answers.ShouldHaveSingleItem(what).ShouldBeOneOf(400, 501);
        (await StoredAsync(shop)).ShouldBe(0, what);
    }

    /// <summary>Routes that read their body otherwise than the callback: by the binder of JSON, and as a form.</summary>
    [Theory]
    [InlineData("/api/knowledge/texts", "Transfer-Encoding: chunked", "overflow")]
    [InlineData("/api/knowledge/texts", "Transfer-Encoding: chunked", "signed")]
    [InlineData("/api/knowledge/texts", "Content-Length: +$L", "plain")]
    [InlineData("/account/sign-in", "Transfer-Encoding: chunked", "overflow")]
    public async Task Other_routes_answer_400_too(string path, string head, string body)
    {
        await using var shop = await TalkingShop.StartAsync();
        var type = path == "/account/sign-in" ? "application/x-www-form-urlencoded" : "application/json";
        using var call = await RawCall.PostToAsync(
            path, shop.App.Address, [], head.Replace("$L", $"{Callback.Length}", StringComparison.Ordinal), "Content-Type: " + type, "Authorization: Bearer " + AppFixture.ApiKey);
        await call.WriteAsync([.. Written(body), .. Encoding.ASCII.GetBytes(Smuggled)]);
        (await call.StatusesAsync(Stop)).ShouldBe([400]);
    }

    /// <summary>The positive twin: the same writer with nothing in doubt is answered, and so is the request behind it.</summary>
    [Theory]
    [InlineData("Content-Length: $L", "plain")]
    [InlineData("Transfer-Encoding: chunked", "chunked")]
    [InlineData("Transfer-Encoding: chunked", "extension")]
    public async Task A_request_whose_end_is_plain_is_taken_and_the_next_one_too(string head, string body)
    {
        await using var shop = await TalkingShop.StartAsync();
        using var call = await RawCall.PostAsync(shop.App.Address, [], head.Replace("$L", $"{Callback.Length}", StringComparison.Ordinal), "X-Hub-Signature-256: " + TextCallback.Sign(Callback));
        await call.WriteAsync([.. Written(body), .. "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8]);
        (await call.StatusesAsync(Stop)).ShouldBe([200, 200]);
        (await StoredAsync(shop)).ShouldBe(1);
    }

    private static byte[] Written(string how)
    {
        var size = Callback.Length.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        return how switch
        {
            "plain" => Callback,
            "chunked" => Chunk($"{size}\r\n"),
            "extension" => Chunk($"{size};name=value\r\n"),
            "extension LF" => Chunk($"{size};\n"),
            "extension CR" => Chunk($"{size};a\rb\r\n"),
            "signed" => Chunk($"+{size}\r\n"),
            "overflow" => Chunk($"1000000000{size}\r\n"),
            "longer" => Chunk("1\r\n"),
            _ => throw new ArgumentOutOfRangeException(nameof(how)),
        };
    }

    private static byte[] Chunk(string line) => [.. Encoding.ASCII.GetBytes(line), .. Callback, .. "\r\n0\r\n\r\n"u8];

    private static Task<int> StoredAsync(TalkingShop shop) =>
        shop.App.Get<ReadDb>().Open().Set<AiBotKit.Conversations.Message>().CountAsync(m => m.Role == MessageRole.Customer, Stop);
}
