using AiBotKit.Hosting.Configuration;
using AiBotKit.Hosting.Mail;
using AiBotKit.Hosting.Outbound;

namespace AiBotKit.Durability.Mails;

/// <summary>Mails: by the configured server, or kept for the developer page.</summary>
internal static class MailSetup
{
    public static void AddMail(this WebApplicationBuilder builder, SettingsReader settings)
    {
        var options = MailOptions.Read(settings);
        builder.Services.AddSingleton(options);
        if (options.Host is null)
        {
            builder.Services.AddSingleton<IMailTransport, KeptMail>();
        }
        else
        {
            builder.Services.AddSingleton<IMailTransport>(_ => new SmtpTransport(options, new OutboundDoor()));
        }

        builder.Services.AddSingleton<MailOutbox>();
        builder.Services.AddHostedService<SendMails>();
    }
}
