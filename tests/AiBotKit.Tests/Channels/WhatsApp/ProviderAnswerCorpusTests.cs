using System.Text;
using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>Answers as no provider should give them, written by hand and byte by byte (F16): what each means, and that none is asked for twice.</summary>
public sealed class ProviderAnswerCorpusTests
{
    /// <summary>Name, bytes (Latin-1), and what it comes to; with a star any id, or any kind of refusal.</summary>
    private static readonly (string Name, string Answer, string Meaning)[] Corpus =
    [
        ("plain", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 31\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("201", "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 31\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("202 without body", "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n", "accepted"),
        ("204", "HTTP/1.1 204 No Content\r\n\r\n", "accepted"),
        ("no reason phrase", "HTTP/1.1 200\r\nContent-Type: application/json\r\nContent-Length: 31\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("no content type", "HTTP/1.1 200 OK\r\nContent-Length: 31\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("text/plain", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 31\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("text/html that is JSON", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 31\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("wrong charset name", "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=martian\r\nContent-Length: 31\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("charset utf-16 over utf-8", "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-16\r\nContent-Length: 31\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("broken content type", "HTTP/1.1 200 OK\r\nContent-Type: ;;;=\r\nContent-Length: 31\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("latin-1 bytes in a string", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 45\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\",\"note\":\"caf\u00e9\"}]}", "accepted wamid.A"),
        ("latin-1 bytes in the id", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 31\r\n\r\n{\"messages\":[{\"id\":\"wamid.\u00e9\"}]}", "accepted*"),
        ("byte order mark", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 34\r\n\r\n\u00ef\u00bb\u00bf{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("two byte order marks", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 37\r\n\r\n\u00ef\u00bb\u00bf\u00ef\u00bb\u00bf{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted"),
        ("truncated", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 28\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"", "accepted"),
        ("trailing garbage", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 32\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}x", "accepted"),
        ("trailing second document", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 62\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted"),
        ("trailing blank", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 35\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}\n \r\n", "accepted wamid.A"),
        ("HTML", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 28\r\n\r\n<html><body>OK</body></html>", "accepted"),
        ("only blanks", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n   ", "accepted"),
        ("NUL", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n\u0000", "accepted"),
        ("JSON with a NUL behind it", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 32\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}\u0000", "accepted"),
        ("comment in JSON", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 36\r\n\r\n/*x*/{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted"),
        ("a trailing comma", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 32\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"},]}", "accepted"),
        ("id is a number", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n{\"messages\":[{\"id\":7}]}", "accepted 7"),
        ("id is a huge number", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n{\"messages\":[{\"id\":1e999}]}", "accepted*"),
        ("id is null", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 26\r\n\r\n{\"messages\":[{\"id\":null}]}", "accepted"),
        ("id is true", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 26\r\n\r\n{\"messages\":[{\"id\":true}]}", "accepted"),
        ("id is an array", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 33\r\n\r\n{\"messages\":[{\"id\":[\"wamid.A\"]}]}", "accepted"),
        ("id is empty", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n{\"messages\":[{\"id\":\"\"}]}", "accepted"),
        ("id is half a surrogate", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n{\"messages\":[{\"id\":\"\\ud83d\"}]}", "accepted*"),
        ("duplicate messages", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 61\r\n\r\n{\"messages\":[{\"id\":\"wamid.B\"}],\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted*"),
        ("duplicate id", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 46\r\n\r\n{\"messages\":[{\"id\":\"wamid.B\",\"id\":\"wamid.A\"}]}", "accepted*"),
        ("an error with duplicate codes", "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 34\r\n\r\n{\"error\":{\"code\":1,\"code\":131026}}", "rejected*"),
        ("two messages", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 48\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"},{\"id\":\"wamid.B\"}]}", "accepted wamid.A"),
        ("message.id", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 28\r\n\r\n{\"message\":{\"id\":\"wamid.A\"}}", "accepted wamid.A"),
        ("message_id", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n{\"message_id\":\"wamid.A\"}", "accepted wamid.A"),
        ("depth of 70", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 140\r\n\r\n" + new string('[', 70) + new string(']', 70), "accepted"),
        ("error null", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 44\r\n\r\n{\"error\":null,\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("error false", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 45\r\n\r\n{\"error\":false,\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("errors beside success", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 43\r\n\r\n{\"errors\":[],\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("success false without code", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"success\":false}", "accepted"),
        ("status fail without code", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 34\r\n\r\n{\"status\":\"failed\",\"message\":\"no\"}", "rejected*"),
        ("error is a string", "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{\"error\":\"no\"}", "rejected*"),
        ("error code is text", "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n{\"error\":{\"code\":\"131026\"}}", "rejected Final"),
        ("error code is a fraction", "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n{\"error\":{\"code\":131026.5}}", "rejected*"),
        ("error code overflows", "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 39\r\n\r\n{\"error\":{\"code\":99999999999999999999}}", "rejected*"),
        ("100 Continue first", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 31\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("three 100 Continue first", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 31\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("103 Early Hints first", "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 31\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1f\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}\r\n0\r\n\r\n", "accepted wamid.A"),
        ("chunks that are none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted"),
        ("chunked and cut off", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nff\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted"),
        ("until the end", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("gzip that is none", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 31\r\nContent-Encoding: gzip\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted*"),
        ("an unknown encoding", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 31\r\nContent-Encoding: martian\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted*"),
        ("a cookie and long headers", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 31\r\nSet-Cookie: a=b\r\nX-Long: " + new string('x', 9000) + "\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "accepted wamid.A"),
        ("no HTTP at all", "hello, this is not HTTP\r\n\r\n", "ambiguous"),
        ("an empty status", "HTTP/1.1  OK\r\n\r\n", "ambiguous"),
        ("a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", "ambiguous"),
        ("headers of 200 KB", "HTTP/1.1 200 OK\r\nX-Long: " + new string('x', 200000) + "\r\n\r\n", "ambiguous"),
        ("a header without colon", "HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 0\r\n\r\n", "ambiguous"),
        ("301", "HTTP/1.1 301 Moved Permanently\r\nContent-Type: application/json\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:9/other\r\n\r\n", "rejected ConnectionBroken"),
        ("302 to another scheme", "HTTP/1.1 302 Found\r\nContent-Type: application/json\r\nContent-Length: 0\r\nLocation: ftp://127.0.0.1/\r\n\r\n", "rejected ConnectionBroken"),
        ("308 without target", "HTTP/1.1 308 Permanent Redirect\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n", "rejected ConnectionBroken"),
        ("304", "HTTP/1.1 304 Not Modified\r\n\r\n", "rejected ConnectionBroken"),
        ("407", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n", "rejected*"),
        ("418", "HTTP/1.1 418 Teapot\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n", "rejected*"),
        ("429 with a body that is none", "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\nslow down", "rejected WaitConnection"),
        ("451", "HTTP/1.1 451 Legal\r\nContent-Type: application/json\r\nContent-Length: 6\r\n\r\n<html>", "rejected*"),
        ("500 with Meta's error", "HTTP/1.1 500 X\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n{\"error\":{\"code\":131000}}", "rejected Retry"),
        ("500 with half an error", "HTTP/1.1 500 X\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{\"error\":{\"code\":131", "ambiguous"),
        ("502 with a success body", "HTTP/1.1 502 Bad Gateway\r\nContent-Type: application/json\r\nContent-Length: 31\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "ambiguous"),
        ("503 with an id", "HTTP/1.1 503 X\r\nContent-Type: application/json\r\nContent-Length: 31\r\n\r\n{\"messages\":[{\"id\":\"wamid.A\"}]}", "ambiguous"),
        ("599", "HTTP/1.1 599 X\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n", "ambiguous"),
        ("999", "HTTP/1.1 999 X\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n", "ambiguous"),
    ];

    [Fact]
    public async Task Every_malformed_answer_has_its_meaning_and_costs_one_request()
    {
        Corpus.Length.ShouldBeGreaterThanOrEqualTo(60);
        var wrong = new List<string>();
        foreach (var (name, answer, meaning) in Corpus)
        {
            await using var server = new ScriptedServer(async (socket, _, token) =>
            {
                await ScriptedServer.SendAsync(socket, Encoding.Latin1.GetBytes(answer), token);
                socket.Shutdown(System.Net.Sockets.SocketShutdown.Both);
            });
            using var fixture = ProviderFixture.Pinnacle(server);
            var outcome = Describe(await fixture.SendAsync());
            if (meaning.EndsWith('*') ? !outcome.StartsWith(meaning[..^1], StringComparison.Ordinal) : outcome != meaning)
            {
                wrong.Add($"{name}: {outcome}, not {meaning}");
            }

            if (server.Requests.Count != 1)
            {
                wrong.Add($"{name}: {server.Requests.Count} requests");
            }
        }

        wrong.ShouldBeEmpty();
    }

    private static string Describe(SendOutcome outcome) => outcome switch
    {
        SendOutcome.Accepted accepted => $"accepted {accepted.ProviderMessageId}".TrimEnd(),
        SendOutcome.Rejected rejected => $"rejected {rejected.Kind}",
        _ => "ambiguous",
    };
}
