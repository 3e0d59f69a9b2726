using System.Security.Claims;
using System.Text.Encodings.Web;
using AiBotKit.Accounts;
using AiBotKit.Chatbots;
using AiBotKit.Durability;
using AiBotKit.Hosting;
using AiBotKit.Knowledge;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Knowledge;

/// <summary>
/// The real server on a port of its own with a data folder, a knowledge folder and two accounts: the operator's (chatbots "One" and "Two")
/// and another one (a chatbot "Two" as well). Requests sign in by a header.
/// </summary>
internal sealed class KnowledgeApp : IAsyncDisposable
{
    public static readonly Guid Operator = Guid.CreateVersion7(Day(1));
    public static readonly Guid Stranger = Guid.CreateVersion7(Day(2));
    public static readonly Guid One = Guid.CreateVersion7(Day(3));
    public static readonly Guid Two = Guid.CreateVersion7(Day(4));
    public static readonly Guid StrangersTwo = Guid.CreateVersion7(Day(5));

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("aibotkit-knowledge-");
    private Server? _server;

    public KnowledgeApp() => Directory.CreateDirectory(Folder);

    public string Folder => Path.Combine(_root.FullName, "knowledge");

    private Server Running => _server ?? throw new InvalidOperationException("Start the server first.");

    /// <summary>Starts, or stops and starts again on the same data; returns when the import has ended.</summary>
    public async Task StartAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _server = new Server(Path.Combine(_root.FullName, "data"), Folder);
        _server.UseKestrel();
        _server.StartServer();
        // The container disposes only what was asked for: the folder's lock goes with the server.
        Get<DataFolder>().ShouldNotBeNull();
        foreach (var chatbot in new[] { One, Two })
        {
            await Get<KnowledgeReadiness>().WaitAsync(chatbot, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Get<KnowledgeReadiness>().IsReady(chatbot).ShouldBeTrue();
        }
    }

    public void Write(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    public T Get<T>()
        where T : notnull => Running.Services.GetRequiredService<T>();

    public AppDbContext Read() => Get<ReadDb>().Open();

    /// <summary>Signed in for an account; for nobody when null.</summary>
    public HttpClient Client(Guid? account)
    {
        var client = new HttpClient { BaseAddress = Running.ClientOptions.BaseAddress };
        if (account is { } id)
        {
            client.DefaultRequestHeaders.Add("X-Test-Account", id.ToString());
        }

        return client;
    }

    public Task<RetrievalResult> AskAsync(string question, Guid? chatbot = null, Guid? account = null) =>
        Get<Retrieval>().SearchAsync(account ?? Operator, chatbot ?? One, question, 5, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _root.Delete(true);
    }

    private static DateTimeOffset Day(int day) => new(2026, 1, day, 0, 0, 0, TimeSpan.Zero);

    private sealed class Server(string data, string folder) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.OnAnyPort();
            builder.UseSetting("Data:Path", data);
            builder.UseSetting("Knowledge:Folder", folder);
            builder.UseSetting("Logging:LogLevel:Default", "Warning");
            builder.UseEnvironment("Production");
            builder.ConfigureTestServices(services =>
            {
                services.AddHostedService<Seed>();
                services.AddAuthentication(HeaderSignIn.Name).AddScheme<AuthenticationSchemeOptions, HeaderSignIn>(HeaderSignIn.Name, null);
            });
        }
    }

    /// <summary>Writes the accounts and chatbots before the server accepts requests, as configuration does. The operator's is the first account.</summary>
    private sealed class Seed(IDataWriter writer, ReadDb reads, FirstAccount first, TimeProvider time) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            var made = first.Id;
            if (made == Operator)
            {
                return;
            }

            await writer.SaveAsync(db =>
            {
                db.Add(new Account { Id = Operator, Name = "Operator", CreatedAt = Day(1) });
                db.Add(new Account { Id = Stranger, Name = "Stranger", CreatedAt = Day(2) });
                db.Add(new Chatbot { Id = One, AccountId = Operator, Name = "One", CreatedAt = Day(3) });
                db.Add(new Chatbot { Id = Two, AccountId = Operator, Name = "Two", CreatedAt = Day(4) });
                db.Add(new Chatbot { Id = StrangersTwo, AccountId = Stranger, Name = "Two", CreatedAt = Day(5) });
                db.Set<Setting>().AsTracking().AsEnumerable().Single(s => s.Value.SequenceEqual(made.ToByteArray())).Value = Operator.ToByteArray();
            });
            await first.EnsureAsync(reads, writer, time, cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class HeaderSignIn(IOptionsMonitor<AuthenticationSchemeOptions> options, Microsoft.Extensions.Logging.ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        public const string Name = "Header";

        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers["X-Test-Account"] is not [{ } account])
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            var identity = new ClaimsIdentity([new Claim(SignedIn.AccountClaim, account), new Claim(SignedIn.RoleClaim, SignedIn.Owner)], Name);
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name)));
        }
    }
}
