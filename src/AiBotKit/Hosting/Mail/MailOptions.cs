using System.Net.Mail;
using AiBotKit.Hosting.Configuration;

namespace AiBotKit.Hosting.Mail;

/// <summary>How the connection to the mail server is encrypted.</summary>
internal enum MailTls
{
    /// <summary>From the first byte on port 465, else STARTTLS; a server without it is refused.</summary>
    Auto,

    /// <summary>None: only for a server on this machine or in a trusted network.</summary>
    Off,
}

/// <summary>The mail server that this installation sends by; without <c>Mail:Host</c> mails are kept for the developer page.</summary>
internal sealed class MailOptions
{
    public string? Host { get; init; }

    public int Port { get; init; } = 587;

    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>Sender's address.</summary>
    public string From { get; init; } = "";

    public MailTls Tls { get; init; }

    public static MailOptions Read(SettingsReader settings)
    {
        var options = new MailOptions
        {
            Host = settings.Text("Mail:Host", 253),
            Port = settings.Whole("Mail:Port", 587, 1, 65535),
            User = settings.Text("Mail:User", 254),
            Password = settings.Secret("Mail:Password", 1),
            From = settings.Text("Mail:From", 254) ?? "",
            Tls = settings.Choice("Mail:Tls", MailTls.Auto),
        };
        if (options.Host is { } host && Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            settings.Refuse("Mail:Host", "the name or address of a mail server");
        }

        if ((options.Host is not null || options.From.Length > 0) && !MailAddress.TryCreate(options.From, out _))
        {
            settings.Refuse("Mail:From", "an e-mail address");
        }

        if ((options.User is null) != (options.Password is null))
        {
            settings.Refuse(options.User is null ? "Mail:User" : "Mail:Password", "set together with the other of Mail:User and Mail:Password");
        }

        settings.RefuseUnknown("Mail");
        return options;
    }
}
