using System.Reflection;

namespace AiBotKit.Dashboard.Health;

/// <summary>The facts of the health page as <c>GET /api/health</c> shows them.</summary>
/// <param name="OldestUnansweredSeconds">0 when nothing is unanswered.</param>
/// <param name="AnswersDue">Conversations with an answer due.</param>
/// <param name="Unsent">Messages not yet handed over.</param>
/// <param name="Unconfirmed">Messages that the provider may or may not have taken.</param>
/// <param name="StoreHealthy">False while the store cannot commit.</param>
/// <param name="Database"><c>sound</c>, <c>checking</c> while the pages of a large one are still read, or <c>damaged</c>: then nothing is written any more.</param>
/// <param name="EmbeddedModels"><c>ready</c>, <c>missing</c> or <c>damaged</c>; without them answers are found by words alone.</param>
internal sealed record HealthReport(
    DateTimeOffset? OldestUnansweredAt,
    double OldestUnansweredSeconds,
    int AnswersDue,
    int Unsent,
    int Unconfirmed,
    DateTimeOffset? LastWebhookAt,
    DateTimeOffset? LastSendAt,
    int DeadLetters,
    bool StoreHealthy,
    long WalBytes,
    DateTimeOffset? QuarantinedSince,
    string Database,
    string EmbeddedModels,
    string Version,
    string Runtime)
{
    private static readonly string ProductVersion = typeof(HealthReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public static HealthReport Of(HealthFacts facts, DateTimeOffset now) => new(
        facts.OldestUnanswered,
        facts.OldestUnanswered is { } oldest ? Math.Max(0, Math.Round((now - oldest).TotalSeconds, 1)) : 0,
        facts.Queue,
        facts.Unsent,
        facts.Unconfirmed,
        facts.LastWebhook,
        facts.LastSend,
        facts.DeadLetters,
        facts.StoreHealthy,
        facts.LogBytes,
        facts.QuarantinedSince,
        facts.Database.ToString().ToLowerInvariant(),
        facts.EmbeddedModels.ToString().ToLowerInvariant(),
        ProductVersion,
        Environment.Version.ToString());
}
