namespace AiBotKit.Tests.Architecture;

/// <summary>Which feature may know which. A feature may use those with a higher rank; platform folders are used by all and know no feature.</summary>
internal static class FeatureMap
{
    private static readonly (string Name, int Rank)[] Features =
    [
        ("Dashboard", 0), ("Operations", 0), ("Channels.WhatsApp", 1), ("Channels.Website", 1), ("Channels", 2), ("Conversations", 3), ("Contacts", 4), ("Assistant", 5),
        ("Knowledge", 6), ("Chatbots", 7), ("Accounts", 8),
    ];

    private static readonly string[] Platform = ["Durability", "Storage", "Hosting"];

    /// <summary>The feature or platform folder of a dotted name below the root namespace; null for Program and what is not ours.</summary>
    public static string? Of(string name) =>
        Platform.FirstOrDefault(one => Within(name, one)) ?? Features.Select(one => one.Name).FirstOrDefault(one => Within(name, one));

    /// <summary>True when code of <paramref name="from"/> may use <paramref name="to"/>.</summary>
    public static bool Allows(string from, string to)
    {
        if (from == to || Platform.Contains(to))
        {
            return true;
        }

        return !Platform.Contains(from) && Rank(from) < Rank(to);
    }

    private static int Rank(string name) => Features.Single(one => one.Name == name).Rank;

    private static bool Within(string name, string feature) => name == feature || name.StartsWith(feature + ".", StringComparison.Ordinal);
}
