using AiBotKit.Accounts;
using AiBotKit.Assistant;
using AiBotKit.Channels.WhatsApp;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Dashboard;
using AiBotKit.Durability;
using AiBotKit.Hosting;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Knowledge;
using AiBotKit.Operations;
using AiBotKit.Storage;
using Microsoft.Extensions.Options;

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
    builder.AddHosting(settings);
    builder.AddDurability(settings);
    builder.AddAccounts(settings);
    builder.AddChatbots(settings);
    builder.AddWhatsApp(settings);
    builder.AddConversations(settings);
    builder.AddAssistant();
    builder.AddKnowledge();
    builder.AddDashboard();
    builder.AddMessageLoops();
    settings.ThrowIfAny();
    await builder.AddStorageAsync();

    var app = builder.Build();
    app.UseHosting();
    app.MapHealth();
    app.MapAccounts();
    app.MapWhatsApp();
    app.MapConversations();
    app.MapKnowledge();
    app.MapOperations();
    app.MapDashboard();
    await app.RunAsync();
    return 0;
}
catch (Exception reason) when (reason is StartupException or OptionsValidationException)
{
    await Console.Error.WriteLineAsync(reason.Message);
    return 2;
}
