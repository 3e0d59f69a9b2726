namespace AiBotKit.Tests;

/// <summary>Large counts run with <c>AIBOTKIT_LONG=1</c> (<c>./test --long</c>); seeds are printed and can be given back with <c>AIBOTKIT_SEED</c>.</summary>
internal static class LongRun
{
    public static bool Enabled => Environment.GetEnvironmentVariable("AIBOTKIT_LONG") == "1";

    public static int Count(int usual, int large) => Enabled ? large : usual;

    public static int Seed() =>
        int.TryParse(Environment.GetEnvironmentVariable("AIBOTKIT_SEED"), out var seed) ? seed : Random.Shared.Next();
}
