using AiBotKit.Conversations;
using AiBotKit.Dashboard;
using AiBotKit.Durability;
using AiBotKit.Hosting;
using AiBotKit.Knowledge;
using AiBotKit.Storage;

try
{
    // The content root is the program's own folder, so that it runs from any working folder with its assets.
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.WebHost.UseStaticWebAssets();
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddProblemDetails();
    await builder.AddStorageAsync();
    builder.AddDurability();
    builder.AddConversations();
    builder.AddKnowledge();
    builder.AddDashboard();

    var app = builder.Build();
    app.UseSecurityHeaders();
    app.MapGet("/healthz", () => "ok");
    app.MapDashboard();
    await app.RunAsync();
    return 0;
}
catch (StartupException reason)
{
    await Console.Error.WriteLineAsync(reason.Message);
    return 2;
}
