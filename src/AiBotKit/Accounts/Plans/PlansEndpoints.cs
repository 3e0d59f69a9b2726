using AiBotKit.Hosting.Configuration;

namespace AiBotKit.Accounts.Plans;

/// <summary>Plans, and what is used of them.</summary>
internal static class PlansEndpoints
{
    public static void AddPlans(this WebApplicationBuilder builder, SettingsReader settings)
    {
        builder.Services.AddSingleton(PlanCatalogue.Read(settings));
        builder.Services.AddSingleton<ReadPlan>();
        builder.Services.AddSingleton<PlanGate>();
        builder.Services.AddHostedService<ApplyPlans>();
    }
}
