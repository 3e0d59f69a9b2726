using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AiBotKit.Hosting.Telemetry;

/// <summary>
/// The product's own metrics and traces, both under the name <c>AiBotKit</c>. Tags are ids, counts and fixed words: no text of a message,
/// no number of a person. Without a listener they cost a check for null.
/// </summary>
internal static class ProductTelemetry
{
    public const string Name = "AiBotKit";

    public static ActivitySource Source { get; } = new(Name);

    public static Meter Meter { get; } = new(Name);
}
