using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using AiBotKit.Accounts;
using AiBotKit.Accounts.Plans;
using AiBotKit.Channels;
using AiBotKit.Channels.WhatsApp;
using AiBotKit.Hosting.Secrets;
using AiBotKit.Storage;
using AiBotKit.Tests.Api;
using AiBotKit.Tests.Conversations;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>Where secrets lie, and where they do not (S-K1, S-K4, S-K6).</summary>
public sealed class StoredSecretTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_disconnect_no_file_holds_a_secret_in_any_form()
    {
        var log = new LogLines();
        await using var shop = await ConnectShop.StartAsync(log: log);
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        var id = connection.GetProperty("id").GetGuid();
        var stored = new HashSet<string>(Protected(shop), StringComparer.Ordinal);
        stored.Count.ShouldBe(3);
        using (var rotated = await shop.Shop.Api.PostAsJsonAsync($"/api/connections/{id}/secret", new { }, Stop))
        {
            rotated.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await shop.PutKeyAsync(connection, ConnectShop.SecondKey, HttpStatusCode.OK);
        stored.UnionWith(Protected(shop));
        stored.Count.ShouldBeGreaterThan(4);
        var plain = new[] { ConnectShop.SecondKey, shop.StoredSecret() };

        // The search finds what is there, or its zeros mean nothing.
        Files(shop, Protected(shop)).ShouldNotBeEmpty();
        Files(shop, plain).ShouldBeEmpty("nothing lies there unprotected");

        (await shop.Shop.Api.DeleteAsync($"/api/connections/{id}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        Files(shop, [.. stored, .. plain]).ShouldBeEmpty();
        await shop.Shop.App.StopAsync();
        Files(shop, [.. stored, .. plain]).ShouldBeEmpty();
        var lines = log.Text;
        lines.ShouldContain("Application is shutting down", Case.Sensitive, "the log was listened to, to its end");
        ((string[])[.. stored, .. plain]).Where(secret => lines.Contains(secret, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_ciphertext_in_another_accounts_row_or_of_another_kind_does_not_decrypt()
    {
        await using var shop = await ConnectShop.StartAsync();
        await shop.ConnectAsync(HttpStatusCode.Created);
        using var db = shop.Shop.App.Get<ReadDb>().Open();
        var row = db.Set<Connection>().Single(c => c.PhoneNumberId == ConnectShop.SecondNumber);
        var directory = shop.Shop.App.Get<ConnectionDirectory>();
        directory.Find(row.Id).ShouldNotBeNull();
        var secrets = shop.Shop.App.Get<SecretProtector>();
        secrets.Reveal(row.AccountId, SecretProtector.WebhookSecret, row.ApiKeyProtected!).ShouldBeNull();
        secrets.Reveal(Guid.NewGuid(), SecretProtector.ProviderKey, row.ApiKeyProtected!).ShouldBeNull();

        // The row goes to another account, its secrets with it: they are no use there.
        var other = Guid.Parse("01980000-0000-7000-8000-00000000abcd");
        await shop.Shop.App.Get<IDataWriter>().SaveAsync(writes => { writes.Add(Account.Open(other, "Other", shop.Shop.App.Get<PlanCatalogue>().All[0], TimeProvider.System.GetUtcNow())); });
        shop.Shop.App.Sql($"UPDATE connections SET AccountId = x'0198000000007000800000000000abcd' WHERE PhoneNumberId = '{ConnectShop.SecondNumber}'");
        directory.Find(row.Id).ShouldBeNull();
        shop.Shop.App.Get<CallbackSecrets>().Forget();
        var body = ConnectShop.Callback(ConnectShop.SecondNumber, "200000000000002", "x");
        (await shop.PostAsync(body, secrets.Reveal(row.AccountId, SecretProtector.WebhookSecret, row.WebhookSecretProtected!)!)).ShouldBe(401);
    }

    [Fact]
    public async Task A_newer_key_of_the_ring_takes_over_and_the_old_form_stays_readable()
    {
        await using var shop = await ConnectShop.StartAsync();
        await shop.ConnectAsync(HttpStatusCode.Created);
        var secret = shop.StoredSecret();
        var before = Protected(shop);
        (await shop.Shop.App.Get<RefreshSecrets>().RunAsync(Stop)).ShouldBe(0);
        var now = TimeProvider.System.GetUtcNow();
        shop.Shop.App.Get<IKeyManager>().CreateNewKey(now, now.AddDays(90));
        shop.StoredSecret().ShouldBe(secret);

        // The ring is read again beside the first use that finds it old, which still gets the old one.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        int refreshed;
        while ((refreshed = await shop.Shop.App.Get<RefreshSecrets>().RunAsync(Stop)) == 0)
        {
            await Task.Delay(20, patience.Token);
        }

        refreshed.ShouldBeGreaterThan(2);
        Protected(shop).Intersect(before).ShouldBeEmpty();
        shop.StoredSecret().ShouldBe(secret);
        (await shop.PostAsync(ConnectShop.Callback(ConnectShop.SecondNumber, "200000000000002", "x"), secret)).ShouldBe(200);
    }

    [Fact]
    public async Task No_planted_secret_is_in_any_answer_log_line_or_metric()
    {
        var log = new LogLines();
        using var metrics = new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        metrics.SetMeasurementEventCallback<long>((instrument, _, tags, _) => log.Measured(instrument, tags));
        metrics.SetMeasurementEventCallback<int>((instrument, _, tags, _) => log.Measured(instrument, tags));
        metrics.SetMeasurementEventCallback<double>((instrument, _, tags, _) => log.Measured(instrument, tags));
        metrics.Start();
        await using var shop = await ConnectShop.StartAsync(new Dictionary<string, string?> { ["WhatsApp:Onboarding:PartnerKey"] = ConnectShop.PartnerKey, ["Logging:LogLevel:Default"] = "Trace" }, log);
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        var id = connection.GetProperty("id").GetGuid();
        await shop.SwitchAsync(connection, true);
        await shop.SayAsync("hello");
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 1);
        var planted = new List<string> { ConnectShop.SecondKey, ConnectShop.PartnerKey, shop.StoredSecret(), "planted-key-0123456789", "planted-app-secret-01", "planted-verify-token-1" };
        planted.AddRange(Protected(shop));

        // Wrong ones too: what is refused is not repeated to anybody.
        var answers = new StringBuilder();
        foreach (var (method, path, body) in new (HttpMethod, string, object)[]
        {
            (HttpMethod.Put, $"/api/connections/{id}/key", new { apiKey = planted[3] }),
            (HttpMethod.Post, $"/api/connections/{id}/secret", new { secret = planted[4] + " with a space" }),
            (HttpMethod.Post, $"/api/connections/{id}/doctor", new { }),
            (HttpMethod.Post, $"/api/connections/{id}/webhook", new { }),
            (HttpMethod.Post, $"/api/chatbots/{shop.Chatbot}/connections", new { provider = "Pinnacle", apiKey = planted[3], phoneNumberId = "x" }),
            (HttpMethod.Post, $"/api/chatbots/{shop.Chatbot}/connections", new { provider = "MetaCloud", apiKey = planted[3], wabaId = "1", phoneNumberId = "2", appSecret = planted[4], verifyToken = planted[5] }),
            (HttpMethod.Post, $"/api/chatbots/{Guid.NewGuid()}/connections", new { provider = planted[3] }),
        })
        {
            using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
            using var answer = await shop.Shop.Api.SendAsync(request, Stop);
            answers.Append(await answer.Content.ReadAsStringAsync(Stop)).Append(answer.Headers);
        }

        foreach (var route in Routes.All(shop.Shop.App.Services).Where(r => r.StartsWith("GET /", StringComparison.Ordinal) && !r.Contains("_blazor", StringComparison.Ordinal)))
        {
            var path = route[4..].Replace("{id:guid}", id.ToString(), StringComparison.Ordinal).Replace("{Id:guid}", shop.Chatbot.ToString(), StringComparison.Ordinal);
            using var answer = await shop.Shop.Api.GetAsync(path.Replace("{documentName}", "v1", StringComparison.Ordinal), HttpCompletionOption.ResponseHeadersRead, Stop);
            if (answer.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json" or "text/html" or "text/plain")
            {
                answers.Append(await answer.Content.ReadAsStringAsync(Stop)).Append(answer.Headers);
            }
        }

        answers.ToString().ShouldContain(ConnectShop.SecondNumber);
        metrics.RecordObservableInstruments();
        log.Text.ShouldContain("aibotkit.webhooks");
        foreach (var secret in planted)
        {
            answers.ToString().ShouldNotContain(secret);
            log.Text.ShouldNotContain(secret);
        }
    }

    private static List<string> Protected(ConnectShop shop)
    {
        using var db = shop.Shop.App.Get<ReadDb>().Open();
        return
        [
            .. db.Set<Connection>().Where(c => c.PhoneNumberId == ConnectShop.SecondNumber).AsEnumerable()
                .SelectMany(c => new[] { c.ApiKeyProtected, c.WebhookSecretProtected, c.PreviousWebhookSecretProtected, c.CallbackHeaderProtected, c.VerifyTokenProtected }).OfType<string>(),
        ];
    }

    /// <summary>Which files of the data folder hold which of these, byte for byte.</summary>
    private static List<string> Files(ConnectShop shop, IEnumerable<string> needles)
    {
        var found = new List<string>();
        var wanted = needles.Select(Encoding.UTF8.GetBytes).ToList();
        foreach (var path in Directory.EnumerateFiles(shop.Shop.App.Folder, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "lock"))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            file.CopyTo(bytes);
            if (wanted.Exists(needle => bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf(needle) >= 0))
            {
                found.Add(path);
            }
        }

        return found;
    }

    /// <summary>Every line of every category at every level.</summary>
    private sealed class LogLines : ILoggerProvider, ILogger
    {
        private readonly StringBuilder _text = new();

        public string Text
        {
            get
            {
                lock (_text)
                {
                    return _text.ToString();
                }
            }
        }

        public void Measured(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            lock (_text)
            {
                _text.Append(instrument.Name);
                foreach (var (name, value) in tags)
                {
                    _text.Append(' ').Append(name).Append('=').Append(value);
                }

                _text.AppendLine();
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_text)
            {
                _text.AppendLine(formatter(state, exception)).AppendLine(exception?.ToString());
            }
        }

        public void Dispose()
        {
        }
    }
}
