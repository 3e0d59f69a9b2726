using AiBotKit.Accounts;
using AiBotKit.Accounts.Plans;
using AiBotKit.Assistant;
using AiBotKit.Channels;
using AiBotKit.Channels.WhatsApp;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Dashboard;
using AiBotKit.Durability;
using AiBotKit.Durability.Mails;
using AiBotKit.Hosting;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Hosting.Telemetry;
using AiBotKit.Knowledge;
using AiBotKit.Operations;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Connections;

try
{
    if (await Commands.RunAsync(args) is { } exitCode)
    {
        return exitCode;
    }

    // The content root is the program's own folder, so that it runs from any working folder with its assets.
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.WebHost.UseStaticWebAssets();
    builder.Services.AddSingleton(TimeProvider.System);

    // Hosted services start in the order of these lines, and the server after all of them: a seed is done before the first request.
    var settings = new SettingsReader(builder.Configuration);
    builder.AddDemo(settings);
    builder.AddHosting(settings);
    builder.AddTelemetry(settings);
    builder.AddApiDocument();
    builder.AddDurability(settings);
    builder.AddMail(settings);
    builder.AddAccounts(settings);
    builder.AddChatbots(settings);
    builder.AddWhatsApp(settings);
    builder.AddPlans(settings);
    builder.AddPausedMessages();
    builder.AddConversations(settings);
    builder.AddAssistant(settings);
    builder.AddKnowledge(settings);
    builder.AddDashboard();
    builder.AddMessageLoops();
    await builder.AddStorageAsync(settings);

    var app = builder.Build();
    app.UseNowherePages();
    app.UseHosting();
    app.MapHealth();
    app.MapApiDocument();
    app.MapAccounts();
    app.MapPlans();
    app.MapChatbots();
    app.MapWhatsApp();
    app.MapPausedMessages();
    app.MapConversations();
    app.MapAssistant();
    app.MapKnowledge();
    app.MapOperations();
    app.MapDashboard();
    await app.RunAsync();
    return 0;
}
catch (StartupException reason)
{
    await Console.Error.WriteLineAsync(reason.Message);
    return 2;
}
catch (IOException reason) when (reason.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"Urls: {reason.Message.TrimEnd('.')}. Stop the other program, or set Urls to another address.");
    return 2;
}
