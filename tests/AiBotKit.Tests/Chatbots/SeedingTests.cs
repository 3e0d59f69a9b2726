using System.Diagnostics;
using AiBotKit.Channels;
using AiBotKit.Chatbots;
using AiBotKit.Hosting.Secrets;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Chatbots;

public sealed class SeedingTests
{
    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["Chatbots:0:Name"] = "Shop",
        ["Chatbots:0:FallbackMessage"] = "Ask us",
        ["WhatsApp:CallbackSecret"] = "callback-secret",
        ["WhatsApp:Connections:0:Chatbot"] = "Shop",
        ["WhatsApp:Connections:0:BaseUrl"] = "http://127.0.0.1:5081/v3",
        ["WhatsApp:Connections:0:PhoneNumberId"] = "1001",
        ["WhatsApp:Connections:0:ApiKey"] = "planted-provider-key",
    };

    [Fact]
    public async Task The_first_start_seeds_and_afterwards_the_database_rules_until_one_reseed()
    {
        await using var app = new AppFixture(Settings);
        var connection = await ConnectionAsync(app);
        connection.BaseUrlFromConfiguration.ShouldBeTrue();
        connection.ApiKeyProtected!.ShouldNotContain("planted");
        app.Get<SecretProtector>().Reveal(connection.AccountId, SecretProtector.ProviderKey, connection.ApiKeyProtected!).ShouldBe("planted-provider-key");
        app.Get<SecretProtector>().Reveal(Guid.NewGuid(), SecretProtector.ProviderKey, connection.ApiKeyProtected!).ShouldBeNull();

        await app.Get<IDataWriter>().SaveAsync(db => { db.Set<Connection>().First().Enabled = false; });
        await app.RestartAsync(new Dictionary<string, string?> { ["Chatbots:0:FallbackMessage"] = "Changed" });
        (await ConnectionAsync(app)).Enabled.ShouldBe(false);
        (await ChatbotAsync(app)).FallbackMessage.ShouldBe("Ask us");

        await app.RestartAsync(new Dictionary<string, string?> { ["WhatsApp:Connections:0:Reseed"] = "true", ["Chatbots:0:Reseed"] = "true" });
        (await ConnectionAsync(app)).Enabled.ShouldBe(true);
        (await ChatbotAsync(app)).FallbackMessage.ShouldBe("Changed");

        await app.Get<IDataWriter>().SaveAsync(db => { db.Set<Connection>().First().Enabled = false; });
        await app.RestartAsync();
        (await ConnectionAsync(app)).Enabled.ShouldBe(false);
    }

    [Fact]
    public async Task Another_master_key_stops_the_start_and_the_ring_holds_no_plain_key()
    {
        await using var app = new AppFixture(Settings);
        var ring = string.Concat(Directory.GetFiles(Path.Combine(app.Folder, "keys"), "*.xml").Select(File.ReadAllText));
        ring.ShouldContain("masterKeyEncrypted");
        ring.ShouldNotContain("masterKey>");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(app.Folder, "keys", "master.key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var copy = Directory.CreateTempSubdirectory("aibotkit-test-").FullName;
        Directory.CreateDirectory(Path.Combine(copy, "keys"));
        await app.StopAsync();
        foreach (var file in Directory.GetFiles(app.Folder, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(copy, Path.GetRelativePath(app.Folder, file)));
        }

        var (code, error) = await StartBinaryAsync(new(Settings) { ["Data:Path"] = copy, ["Secrets:MasterKey"] = new string('a', 64) });
        error.ShouldContain("Secrets:MasterKey");
        code.ShouldBe(2);
        Directory.Delete(copy, true);
    }

    [Fact]
    public async Task A_master_key_from_a_file_is_used_and_neither_the_data_folder_nor_a_backup_holds_it()
    {
        var elsewhere = Directory.CreateTempSubdirectory("aibotkit-key-").FullName;
        var (file, key) = (Path.Combine(elsewhere, "master.key"), new string('b', 60) + "1234");
        await File.WriteAllTextAsync(file, key + "\n", TestContext.Current.CancellationToken);
        await using var app = new AppFixture(new Dictionary<string, string?>(Settings) { ["Secrets:MasterKeyFile"] = file });
        await app.RestartAsync();
        var connection = await ConnectionAsync(app);
        app.Get<SecretProtector>().Reveal(connection.AccountId, SecretProtector.ProviderKey, connection.ApiKeyProtected!).ShouldBe("planted-provider-key");
        using var api = app.Api();
        using var made = await api.PostAsync("/api/backups", null, TestContext.Current.CancellationToken);
        using var backup = await api.GetAsync(made.Headers.Location, TestContext.Current.CancellationToken);
        var copy = await backup.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        copy.Length.ShouldBeGreaterThan(4096);
        await app.StopAsync();
        var files = Directory.GetFiles(app.Folder, "*", SearchOption.AllDirectories);
        files.ShouldNotContain(one => Path.GetFileName(one) == "master.key");
        foreach (var bytes in files.Select(File.ReadAllBytes).Append(copy))
        {
            foreach (var secret in new[] { System.Text.Encoding.ASCII.GetBytes(key), Convert.FromHexString(key), "planted-provider-key"u8.ToArray() })
            {
                bytes.AsSpan().IndexOf(secret).ShouldBe(-1);
            }
        }

        copy.AsSpan().IndexOf("masterKeyEncrypted"u8).ShouldBe(-1, "the ring lies beside the database, not in it");
        Directory.Delete(elsewhere, true);
    }

    [Theory]
    [InlineData("another key")]
    [InlineData("no key")]
    public async Task A_master_key_that_does_not_open_the_ring_stops_the_start_when_no_secret_is_stored_too(string how)
    {
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Api:Key"] = null });
        await app.StopAsync();
        var keys = Path.Combine(app.Folder, "keys");
        var key = Path.Combine(keys, "master.key");
        var (right, ring) = (await File.ReadAllTextAsync(key, TestContext.Current.CancellationToken), Directory.GetFiles(keys).Order().ToList());
        if (how == "no key")
        {
            File.Delete(key);
        }

        var wrong = how == "no key" ? [] : new Dictionary<string, string?> { ["Secrets:MasterKey"] = new('a', 64) };
        var (code, error) = await StartBinaryAsync(new(wrong) { ["Data:Path"] = app.Folder });
        error.ShouldContain("Secrets:MasterKey");
        error.ShouldContain("Nothing was changed");
        code.ShouldBe(2);

        // Neither a key under the wrong one nor a master key of its own was left behind.
        Directory.GetFiles(keys).Order().ShouldBe(how == "no key" ? ring.Where(file => file != key) : ring);
        await using var again = new AppFixture(new Dictionary<string, string?> { ["Secrets:MasterKey"] = right.Trim() }, folder: app.Folder);
    }

    [Theory]
    [InlineData("Chatbots:0:AnswerScope", "Everything", "Chatbots:0:AnswerScope: must be KnowledgeOnly or KnowledgeFirst.")]
    [InlineData("WhatsApp:AmbiguousWaitSeconds", "soon", "WhatsApp:AmbiguousWaitSeconds: must be a whole number from 1 to 600.")]
    [InlineData("WhatsApp:Connections:0:Chatbot", "Shopp", "WhatsApp:Connections:0:Chatbot: must be one of Shop.")]
    [InlineData("WhatsApp:CalbackSecret", "x", "WhatsApp:CalbackSecret: there is no such setting; did you mean WhatsApp:CallbackSecret?")]
    [InlineData("Secrets:MasterKey", "abc", "Secrets:MasterKey: must be a key of 256 bits")]
    [InlineData("Api:Key", "changeme-changeme-changeme", "Api:Key: must be a real secret, not a placeholder.")]
    [InlineData("Conversations:QuietWindowMs", "9000", "Conversations:QuietWindowCapMs: must be at least Conversations:QuietWindowMs.")]
    [InlineData("Http:KnownProxies", "proxy", "Http:KnownProxies: must be a list of IP addresses.")]
    public async Task A_wrong_setting_stops_the_start_with_its_name_and_the_allowed_values(string key, string value, string expected)
    {
        var folder = Path.Combine(Path.GetTempPath(), "aibotkit-never-" + Guid.NewGuid().ToString("N"));
        var (code, error) = await StartBinaryAsync(new(Settings) { ["Data:Path"] = folder, [key] = value });
        error.ShouldContain(expected, Case.Sensitive);
        code.ShouldBe(2);
        Directory.Exists(folder).ShouldBeFalse();
    }

    private static async Task<(int Code, string Error)> StartBinaryAsync(Dictionary<string, string?> settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "AiBotKit.dll"));
        foreach (var (name, text) in new Dictionary<string, string?>(settings) { ["Urls"] = "http://127.0.0.1:0" })
        {
            start.ArgumentList.Add($"--{name}={text}");
        }

        using var process = Process.Start(start)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        try
        {
            var error = await process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, error);
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task<Connection> ConnectionAsync(AppFixture app)
    {
        await using var db = app.Get<ReadDb>().Open();
        return await db.Set<Connection>().SingleAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<Chatbot> ChatbotAsync(AppFixture app)
    {
        await using var db = app.Get<ReadDb>().Open();
        return await db.Set<Chatbot>().SingleAsync(TestContext.Current.CancellationToken);
    }
}
