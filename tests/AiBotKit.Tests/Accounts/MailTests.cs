using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AiBotKit.Durability.Mails;
using AiBotKit.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Accounts;

/// <summary>Mails over a real SMTP dialogue, kept without a server, and never lost between the act and the sending.</summary>
public sealed class MailTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_server_the_mail_is_kept_for_the_operator_and_encrypted()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        using var ben = await Staff.InvitedAsync(app, ana, "ben@example.com", "owner");
        var mail = (await Staff.ReadAsync(ana, "/api/mails")).GetProperty("items")[0];
        mail.GetProperty("to").GetString().ShouldBe("ben@example.com");
        mail.GetProperty("text").GetString().ShouldNotBeNull().ShouldContain("/invitation?token=");
        (await Staff.StatusAsync(ben, "/api/mails")).ShouldBe(403);
        (await Staff.StatusAsync(ben, "/settings/mail")).ShouldBe(403);
        app.Sql("SELECT TextProtected FROM mails").ShouldBeOfType<string>().ShouldNotContain("invitation");
    }

    [Fact]
    public async Task A_server_that_takes_it_gets_it_once_and_the_text_is_removed()
    {
        using var smtp = new SmtpServer();
        await using var app = new AppFixture(smtp.Settings);
        using var ana = await Staff.OwnerAsync(app);
        await AskAsync(app);
        await Patience.UntilAsync(() => !smtp.Mails.IsEmpty && app.Sql("SELECT SentAt FROM mails") is long);
        smtp.Mails.TryPeek(out var mail).ShouldBeTrue();
        mail!.ShouldContain("To: ana@example.com");
        mail.ShouldContain("From: shop@example.com");
        mail.ShouldContain("/reset-password?token=");
        app.Sql("SELECT COUNT(*) FROM mails WHERE TextProtected IS NOT NULL").ShouldBe(0L);
        (await Staff.ReadAsync(ana, "/api/mails")).GetProperty("items")[0].GetProperty("text").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        smtp.Mails.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_is_away_is_tried_again_and_a_refusal_is_final()
    {
        using var smtp = new SmtpServer { Answer = "451 later" };
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var app = new AppFixture(smtp.Settings, services => services.AddSingleton<TimeProvider>(time));
        using var ana = await Staff.OwnerAsync(app);
        await AskAsync(app);
        await Patience.UntilAsync(() => app.Sql("SELECT Attempts FROM mails") is 1L);
        smtp.Answer = "250 taken";
        await Patience.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(31));
            return app.Sql("SELECT SentAt FROM mails") is long;
        });
        smtp.Mails.Count.ShouldBe(1);
        smtp.Answer = "550 nobody";
        await AskAsync(app);
        await Patience.UntilAsync(() => app.Sql("SELECT Problem FROM mails ORDER BY CreatedAt DESC, Id DESC LIMIT 1") is "The mail server answered 550.");
        app.Sql("SELECT COUNT(*) FROM mails WHERE DueAt IS NOT NULL OR TextProtected IS NOT NULL").ShouldBe(0L);
    }

    [Fact]
    public async Task A_mail_that_was_stored_before_a_stop_is_sent_after_the_next_start()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        await AskAsync(app);
        await Patience.UntilAsync(() => app.Sql("SELECT Attempts FROM mails") is 1L);
        // As if the process had ended right after the commit of the act.
        app.Sql("UPDATE mails SET DueAt = CreatedAt, Attempts = 0");
        using var smtp = new SmtpServer();
        await app.RestartAsync(smtp.Settings);
        await Patience.UntilAsync(() => !smtp.Mails.IsEmpty);
    }

    [Theory]
    [InlineData(1, false, 1)]
    [InlineData(2, false, 2)]
    [InlineData(9, false, 240)]
    [InlineData(10, false, null)]
    [InlineData(1, true, null)]
    public void Tries_come_further_and_further_apart(int attempts, bool isFinal, int? minutes)
    {
        var now = new DateTimeOffset(2026, 5, 4, 9, 0, 0, TimeSpan.Zero);
        MailRules.NextTry(attempts, isFinal, now).ShouldBe(minutes is { } later ? now.AddMinutes(later) : null);
    }

    private static async Task AskAsync(AppFixture app)
    {
        using var visitor = Staff.Browser(app);
        (await Forms.PostAsync(visitor, "/forgot-password", "/account/forgot-password", ("email", "ana@example.com"))).ShouldEndWith("mail_sent");
    }

    /// <summary>As much of RFC 5321 as a client needs, on a port of its own.</summary>
    private sealed class SmtpServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _serving;

        public SmtpServer()
        {
            _listener.Start();
            _serving = ServeAsync();
        }

        public ConcurrentQueue<string> Mails { get; } = new();

        /// <summary>To the content of a mail.</summary>
        public string Answer { get; set; } = "250 taken";

        public Dictionary<string, string?> Settings => new()
        {
            ["Mail:Host"] = "127.0.0.1",
            ["Mail:Port"] = ((IPEndPoint)_listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Mail:From"] = "shop@example.com",
            ["Mail:Tls"] = "Off",
        };

        public void Dispose()
        {
            _stop.Cancel();
            _listener.Stop();
            _stop.Dispose();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                    await TalkAsync(client);
                }
            }
            catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException or SocketException or IOException)
            {
                // The test is over.
            }
        }

        private async Task TalkAsync(TcpClient client)
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
            await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true, NewLine = "\r\n" };
            await writer.WriteLineAsync("220 here");
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                if (line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase))
                {
                    await writer.WriteLineAsync("221 bye");
                    return;
                }

                if (line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
                {
                    await writer.WriteLineAsync("354 go on");
                    var mail = new StringBuilder();
                    while (await reader.ReadLineAsync(_stop.Token) is { } text && text != ".")
                    {
                        mail.AppendLine(text);
                    }

                    if (Answer.StartsWith('2'))
                    {
                        Mails.Enqueue(mail.ToString());
                    }

                    await writer.WriteLineAsync(Answer);
                    continue;
                }

                await writer.WriteLineAsync(line.StartsWith("EHLO", StringComparison.OrdinalIgnoreCase) ? "250 localhost" : "250 yes");
            }
        }
    }
}
