using System.Globalization;

namespace AiBotKit.Demo;

/// <summary>What was asked on the command line of <c>./run</c>.</summary>
/// <param name="Port">Port of the product; the simulator takes the next one.</param>
/// <param name="ExpectFailure">Plants a wrong expectation, to show that the demo can fail.</param>
internal sealed record RunOptions(bool Demo, int Port, bool Reset, bool ExpectFailure)
{
    public const int DefaultPort = 5080;

    public const string Usage = """
        usage: ./run [--port N] [--reset]     the product on port N (5080) and the simulator on the next one; --reset begins with empty data
               ./run demo [--expect-failure]  a scripted customer, checked; --expect-failure plants a wrong expectation, which must fail
        """;

    /// <summary>Null when the arguments cannot be understood.</summary>
    public static RunOptions? Parse(IReadOnlyList<string> args)
    {
        var options = new RunOptions(false, DefaultPort, false, false);
        for (var i = 0; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "demo" when i == 0:
                    options = options with { Demo = true };
                    break;
                case "--reset" when !options.Demo:
                    options = options with { Reset = true };
                    break;
                case "--expect-failure" when options.Demo:
                    options = options with { ExpectFailure = true };
                    break;
                case "--port" when !options.Demo && i + 1 < args.Count && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65534:
                    options = options with { Port = port };
                    i++;
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
