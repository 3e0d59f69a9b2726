using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Durability;
using AiBotKit.Hosting.Outbound;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>A provider that talks to a loopback server through the real door, with short times.</summary>
internal sealed class ProviderFixture : IDisposable
{
    public const string Key = "00000000-0000-1000-8000-00000000c0de";

    private readonly ProviderHttp http;

    public ProviderFixture(ProviderKind kind, Uri baseUrl, ProviderLimits? limits = null)
    {
        http = new(new OutboundDoor(), limits ?? new(), TimeProvider.System);
        Provider = kind == ProviderKind.Pinnacle ? new PinnacleProvider(http) : new MetaCloudProvider(http);
        Connection = new(Guid.Empty, kind, baseUrl, "300000000000001", "200000000000001", new(Key)) { BaseUrlFromConfiguration = true };
    }

    public IWhatsAppProvider Provider { get; }

    public ProviderConnection Connection { get; set; }

    public int BodiesWritten { get; private set; }

    public static ProviderFixture Pinnacle(ScriptedServer server, ProviderLimits? limits = null) => new(ProviderKind.Pinnacle, new(server.Address, "v3"), limits);

    public Task<SendOutcome> SendAsync(Recipient? recipient = null, string text = "Hello", string? replyTo = null) =>
        Provider.SendTextAsync(
            Connection, recipient ?? new Recipient.Phone("15550100101"), text, "msg-0001", replyTo, new Counted(this), TestContext.Current.CancellationToken);

    public void Dispose() => http.Dispose();

    private sealed class Counted(ProviderFixture fixture) : SendProgress
    {
        public override void BodyWritten() => fixture.BodiesWritten++;
    }
}
