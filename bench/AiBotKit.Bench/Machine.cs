using System.Globalization;
using System.Runtime.InteropServices;

namespace AiBotKit.Bench;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    /// <summary>Processor, cores, memory and runtime in one line.</summary>
    public static string Describe()
    {
        var processor = Lines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30;
        return string.Create(CultureInfo.InvariantCulture, $"{processor}, {Environment.ProcessorCount} cores, {memory} GB, {RuntimeInformation.FrameworkDescription}");
    }

    /// <summary>Load average of the last minute: above the number of cores the figures are not worth much.</summary>
    public static double Load() =>
        Lines("/proc/loadavg").FirstOrDefault() is { } line && double.TryParse(line.Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var load) ? load : 0;

    /// <summary>Resident memory of a process in MB.</summary>
    public static double ResidentMb(int process) =>
        Lines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmRSS", StringComparison.Ordinal)) is { } line
            ? double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024
            : 0;

    private static string[] Lines(string file) => File.Exists(file) ? File.ReadAllLines(file) : [];
}
