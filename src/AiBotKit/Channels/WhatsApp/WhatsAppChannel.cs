using System.Threading.Channels;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Conversations;
using AiBotKit.Durability;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>WhatsApp as the conversations and the sender see it: rendering, hand-over, and courtesies (read receipts, typing).</summary>
internal sealed class WhatsAppChannel(ConnectionDirectory connections, ProviderSet providers) : BackgroundService, ISendChannel, IChannel
{
    private const int CourtesiesAtOnce = 16;

    // Courtesies never wait and never hold anything up: when there are too many the oldest are forgotten.
    private readonly Channel<(Guid Connection, string Message, bool Typing)> _courtesies =
        Channel.CreateBounded<(Guid, string, bool)>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropOldest });

    public IReadOnlyList<string> Render(string markdown) => Split(WhatsAppText.Render(markdown));

    public IReadOnlyList<string> AsWritten(string text) => Split(WhatsAppText.Strip(text));

    public string? AsTyped(string text) => WireText.Clean(text)!.Trim() is { Length: <= WhatsAppText.Limit } typed && text.Length <= WireText.MaxLength ? typed : null;

    public async Task<SendOutcome> SendAsync(ClaimedSend send, SendProgress progress, CancellationToken cancellationToken)
    {
        if (connections.Find(send.ConnectionId) is not { } connection)
        {
            return new SendOutcome.Rejected(RejectionKind.ConnectionBroken, null, "The connection has no usable key. Enter the provider key again; messages are safe.");
        }

        if (Recipient.From(send.Recipient, send.Recipient) is not { } recipient)
        {
            return new SendOutcome.Rejected(RejectionKind.Final, null, "Not sent: the customer has neither a phone number nor a WhatsApp user id.");
        }

        if (send.Payload is { } template)
        {
            return await providers.For(connection).SendTemplateAsync(connection, recipient, template, send.Key, progress, cancellationToken);
        }

        return await providers.For(connection).SendTextAsync(connection, recipient, send.Text, send.Key, null, progress, cancellationToken);
    }

    public void AnswerIsComing(Guid connectionId, string providerMessageId) => _courtesies.Writer.TryWrite((connectionId, providerMessageId, true));

    public void WasRead(Guid connectionId, string providerMessageId) => _courtesies.Writer.TryWrite((connectionId, providerMessageId, false));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, CourtesiesAtOnce).Select(_ => DoCourtesiesAsync(stoppingToken)));

    private static IReadOnlyList<string> Split(string text) => text.Length == 0 ? [] : WhatsAppText.Split(text);

    private async Task DoCourtesiesAsync(CancellationToken stopping)
    {
        await foreach (var (connectionId, message, typing) in _courtesies.Reader.ReadAllAsync(stopping))
        {
            if (connections.Find(connectionId) is { } connection)
            {
                await providers.For(connection).MarkReadAsync(connection, message, typing, stopping);
            }
        }
    }
}
