using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using AiBotKit.Hosting.Outbound;
using AiBotKit.Tests.Channels.WhatsApp;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Hosting;

public sealed class OutboundDoorTests
{
    private static readonly string[] RefusedHosts =
    [
        // loopback and "this host", in every spelling that resolvers and parsers accept
        "127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "127.255.255.255", "127.127.127.127", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0x7f.1",
        "0177.0x0.0.1", "0.0.0.0", "0", "0.0.0.1", "0.255.255.255", "127.0.0.1.", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[0::0]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:7f00:0001]", "[::127.0.0.1]", "[::7f00:1]", "①②⑦.⓪.⓪.①", "127。0。0。1",

        // private, shared, link-local
        "10.0.0.1", "10.255.255.255", "10.1", "167772161", "0x0a000001", "012.0.0.1", "172.16.0.1", "172.31.255.255", "172.20.10.5", "2886729729", "192.168.0.1", "192.168.1.1",
        "192.168.255.255", "192.168.257", "3232235777", "0xc0a80101", "100.64.0.1", "100.127.255.255", "100.100.100.200", "169.254.0.1", "169.254.255.255", "169.254.169.254",
        "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "0xa9.0xfe.0xa9.0xfe", "169.254.43518", "169.254.170.2", "169.254.169.253", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]",
        "[::ffff:10.0.0.1]", "[::ffff:192.168.1.1]", "[::ffff:8.8.8.8]",

        // metadata outside the private ranges
        "168.63.129.16", "192.0.0.192", "[fd00:ec2::254]", "[fd20:ce::254]", "[fe80::a9fe:a9fe]",

        // the rest of the IPv4 registry
        "192.0.0.1", "192.0.0.9", "192.0.0.10", "192.0.0.170", "192.0.2.1", "192.0.2.255", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.88.99.2", "192.175.48.1", "198.18.0.1",
        "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "239.255.255.250", "240.0.0.1", "250.1.2.3", "255.255.255.255", "4294967295", "0xffffffff",

        // IPv6: unspecified, NAT64, discard, Teredo, ORCHID, documentation, 6to4, SRv6, ULA, link-local, site-local, multicast
        "[64:ff9b::7f00:1]", "[64:ff9b::8.8.8.8]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::1]", "[64:ff9b:1::7f00:1]", "[100::1]", "[100:0:0:1::1]", "[2001::1]", "[2001:0:7f00:1::]",
        "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[2001:1::1]", "[2001:1::2]", "[2001:2::1]", "[2001:3::1]", "[2001:4:112::1]", "[2001:10::1]", "[2001:20::1]", "[2001:30::1]", "[2001:db8::1]",
        "[2001:db8:ffff::1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2002:c0a8:101::1]", "[2620:4f:8000::1]", "[3fff::1]", "[3fff:fff::1]", "[5f00::1]", "[fc00::1]", "[fdff:ffff::1]",
        "[fd12:3456:789a::1]", "[fe80::1]", "[fe80::1%25lo]", "[febf::1]", "[fec0::1]", "[feff::1]", "[ff02::1]", "[ff05::2]", "[ffff::1]", "[4000::1]", "[1::1]", "[::2]", "[::5efe:7f00:1]",

        // names, resolved by the fake resolver below to what the name says
        "localhost", "LOCALHOST", "localhost.", "loopback.example", "mapped.example", "metadata.example", "ula.example", "mixed.example", "private.example", "nat64.example", "bücher.example",
    ];

    public static TheoryData<string> Refused() => [.. RefusedHosts];

    [Fact]
    public void There_are_at_least_120_vectors() => RefusedHosts.Distinct().Count().ShouldBeGreaterThanOrEqualTo(120);

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_special_address_is_never_connected_to(string host)
    {
        foreach (var url in new[] { $"http://{host}/x", $"https://{host}:8443/x" })
        {
            // An address that no parser accepts cannot be called either.
            if (!Uri.TryCreate(url, UriKind.Absolute, out var uri))
            {
                continue;
            }

            var wire = new Wire();
            using var client = wire.Door().CreateClient(new() { Purpose = "test", HttpsOnly = false });

            var failure = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(uri, TestContext.Current.CancellationToken));

            wire.Connected.ShouldBeEmpty(url);
            Innermost(failure).ShouldBeOfType<OutboundRefusedException>(url).Message.ShouldNotContain("127.0.0.1");
        }
    }

    [Theory]
    [InlineData("http://8.8.8.8/", "8.8.8.8", 80)]
    [InlineData("http://[2606:4700::1111]:8080/", "2606:4700::1111", 8080)]
    [InlineData("http://public.example/", "93.184.216.34", 80)]
    [InlineData("http://172.15.255.255/", "172.15.255.255", 80)]
    [InlineData("http://172.32.0.1/", "172.32.0.1", 80)]
    [InlineData("http://100.63.255.255/", "100.63.255.255", 80)]
    [InlineData("http://223.255.255.255/", "223.255.255.255", 80)]
    [InlineData("http://[2001:200::1]/", "2001:200::1", 80)]
    public async Task A_public_address_is_connected_to_as_checked(string url, string address, int port)
    {
        var wire = new Wire();
        using var client = wire.Door().CreateClient(new() { Purpose = "test", HttpsOnly = false });

        using var response = await client.GetAsync(new Uri(url), TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        wire.Connected.ShouldBe([new IPEndPoint(IPAddress.Parse(address), port)]);
    }

    [Fact]
    public async Task A_name_is_resolved_once_and_a_second_answer_cannot_matter()
    {
        var wire = new Wire();
        using var client = wire.Door().CreateClient(new() { Purpose = "test", HttpsOnly = false });

        using var response = await client.GetAsync(new Uri("http://rebinding.example/"), TestContext.Current.CancellationToken);

        wire.Resolved.ShouldBe(["rebinding.example"]);
        wire.Connected.ShouldBe([new IPEndPoint(IPAddress.Parse("93.184.216.34"), 80)]);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9001/x", true)]
    [InlineData("http://127.0.0.1:9002/x", false)]
    [InlineData("http://127.0.0.2:9001/x", false)]
    [InlineData("http://[::1]:9001/x", false)]
    [InlineData("http://loopback.example:9001/x", false)]
    [InlineData("http://model.internal:11434/v1", true)]
    [InlineData("http://MODEL.internal:11434/v1", true)]
    [InlineData("http://model.internal/v1", false)]
    [InlineData("https://model.internal:11434/v1", false)]
    public async Task A_configured_endpoint_is_allowed_for_exactly_its_scheme_host_and_port(string url, bool allowed)
    {
        var wire = new Wire();
        using var client = wire.Door().CreateClient(new()
        {
            Purpose = "test",
            HttpsOnly = false,
            Configured = new HashSet<OutboundEndpoint> { OutboundEndpoint.Of(new("http://127.0.0.1:9001/v3")), OutboundEndpoint.Of(new("http://model.internal:11434")) },
        });

        if (allowed)
        {
            using var response = await client.GetAsync(new Uri(url), TestContext.Current.CancellationToken);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        else
        {
            await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri(url), TestContext.Current.CancellationToken));
            wire.Connected.ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("http://user:secret@public.example/")]
    [InlineData("http://public.example@127.0.0.1/")]
    [InlineData("http://public.example:22/")]
    [InlineData("http://public.example/")]
    [InlineData("ftp://public.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://127.0.0.1:6379/_x")]
    public async Task Other_schemes_user_names_plain_http_and_unlisted_ports_are_refused(string url)
    {
        var wire = new Wire();
        using var client = wire.Door().CreateClient(new() { Purpose = "test", Ports = new HashSet<int> { 80, 443 } });

        var failure = await Should.ThrowAsync<Exception>(() => client.GetAsync(new Uri(url), TestContext.Current.CancellationToken));

        (failure is OutboundRefusedException or NotSupportedException).ShouldBeTrue(failure.ToString());
        wire.Connected.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_redirect_is_handed_back_and_not_followed()
    {
        var wire = new Wire { Answer = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n" };
        using var client = wire.Door().CreateClient(new() { Purpose = "test", HttpsOnly = false });

        using var response = await client.GetAsync(new Uri("http://public.example/"), TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        wire.Connected.Count.ShouldBe(1);
    }

    [Fact]
    public void Nothing_else_in_the_product_makes_an_http_client() =>
        Directory.EnumerateFiles(Path.Combine(WireFixtures.PathInTests(), "..", "..", "src", "AiBotKit"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(file => !file.Contains(Path.Combine("Hosting", "Outbound"), StringComparison.Ordinal))
            .Where(file => MakesHttpClient(File.ReadAllText(file)))
            .ShouldBeEmpty();

    [Theory]
    [InlineData("var c = new HttpClient(handler);", true)]
    [InlineData("using HttpClient c = new();", true)]
    [InlineData("new SocketsHttpHandler { }", true)]
    [InlineData("new  HttpClientHandler()", true)]
    [InlineData("builder.Services.AddHttpClient<X>();", true)]
    [InlineData("private readonly HttpClient http;", false)]
    [InlineData("var c = door.CreateClient(policy);", false)]
    public void The_rule_against_other_http_clients_can_fail(string code, bool found) => MakesHttpClient(code).ShouldBe(found);

    private static bool MakesHttpClient(string code) =>
        Regex.IsMatch(code, @"new\s+(HttpClient|SocketsHttpHandler|HttpClientHandler|HttpMessageInvoker|TcpClient|WebClient)\b|HttpClient\s+\w+\s*=\s*new\s*\(|\bAddHttpClient\b|\bIHttpClientFactory\b");

    private static Exception Innermost(Exception exception)
    {
        while (exception is not OutboundRefusedException && exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }

    /// <summary>Names and sockets of a small invented internet: records what would have been connected to and answers 200.</summary>
    private sealed class Wire
    {
        public List<string> Resolved { get; } = [];

        public List<IPEndPoint> Connected { get; } = [];

        public string Answer { get; init; } = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

        public OutboundDoor Door() => new(ResolveAsync, (endpoint, _) =>
        {
            Connected.Add(endpoint);
            return ValueTask.FromResult<Stream>(new CannedStream(Encoding.ASCII.GetBytes(Answer)));
        });

        private Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
        {
            Resolved.Add(host);
            string[] answers = host.ToLowerInvariant().TrimEnd('.') switch
            {
                "localhost" or "loopback.example" or "model.internal" or "bücher.example" or "xn--bcher-kva.example" => ["127.0.0.1"],
                "mapped.example" => ["::ffff:10.0.0.1"],
                "metadata.example" => ["169.254.169.254"],
                "ula.example" => ["fd00::1"],
                "mixed.example" => ["93.184.216.34", "10.0.0.1"],
                "private.example" => ["192.168.0.10"],
                "nat64.example" => ["64:ff9b::7f00:1"],
                "rebinding.example" => Resolved.Count(name => name == host) == 1 ? ["93.184.216.34"] : ["127.0.0.1"],
                "public.example" => ["93.184.216.34"],

                // A spelling that the URL parser left alone: what the system's resolver would make of it.
                var other => [IPAddress.TryParse(other, out var literal) ? literal.ToString() : "127.0.0.1"],
            };
            return Task.FromResult(answers.Select(IPAddress.Parse).ToArray());
        }
    }

    private sealed class CannedStream(byte[] answer) : Stream
    {
        private int position;
        private readonly TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await written.Task.WaitAsync(cancellationToken);
            var count = Math.Min(buffer.Length, answer.Length - position);
            answer.AsSpan(position, count).CopyTo(buffer.Span);
            position += count;
            return count;
        }

        public override void Write(byte[] buffer, int offset, int count) => written.TrySetResult();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            written.TrySetResult();
            return ValueTask.CompletedTask;
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
