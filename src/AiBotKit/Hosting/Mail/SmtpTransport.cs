using System.Net.Sockets;
using AiBotKit.Hosting.Outbound;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace AiBotKit.Hosting.Mail;

/// <summary>
/// SMTP by MailKit. The connection goes through the outbound door like every other; host and port are what the operator wrote in the
/// configuration, so they may be private, and nothing else may.
/// </summary>
internal sealed class SmtpTransport(MailOptions options, OutboundDoor door) : IMailTransport
{
    private const int ImplicitTlsPort = 465;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly OutboundEndpoint _server = new("smtp", options.Host!.ToLowerInvariant(), options.Port);

    public bool LeavesTheServer => true;

    public async Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var message = Written(mail);
            await using var wire = await door.ConnectAsync(new OutboundPolicy { Purpose = "mail", Configured = new HashSet<OutboundEndpoint> { _server } }, _server, patience.Token);
            using var smtp = new SmtpClient();
            var security = options.Tls == MailTls.Off ? SecureSocketOptions.None : options.Port == ImplicitTlsPort ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTls;
            await smtp.ConnectAsync(wire, _server.Host, _server.Port, security, patience.Token);
            if (options.User is not null)
            {
                await smtp.AuthenticateAsync(options.User, options.Password ?? "", patience.Token);
            }

            await smtp.SendAsync(message, patience.Token);
            await smtp.DisconnectAsync(true, patience.Token);
        }
        catch (SmtpCommandException refusal)
        {
            throw new MailRefusedException($"The mail server answered {(int)refusal.StatusCode}.", (int)refusal.StatusCode is >= 500 and < 600, refusal);
        }
        catch (AuthenticationException refusal)
        {
            throw new MailRefusedException("The mail server does not know Mail:User and Mail:Password.", false, refusal);
        }
        catch (Exception failure) when (failure is ProtocolException or ServiceNotConnectedException or SslHandshakeException or NotSupportedException or IOException or SocketException or HttpRequestException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new MailRefusedException($"The mail server cannot be reached ({failure.GetType().Name}).", false, failure);
        }
    }

    private MimeMessage Written(OutgoingMail mail)
    {
        var message = new MimeMessage();
        message.From.Add(MailboxAddress.Parse(options.From));
        message.To.Add(MailboxAddress.Parse(mail.To));
        message.Subject = mail.Subject;
        message.Date = mail.At;
        message.MessageId = $"{mail.Id:N}@{options.From.Split('@')[^1].TrimEnd('>')}";
        // Machines that answer mails (holidays) leave these alone.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Body = new TextPart("plain") { Text = mail.Text };
        return message;
    }
}
