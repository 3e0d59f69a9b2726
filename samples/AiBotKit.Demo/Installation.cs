using System.Security.Cryptography;
using System.Text.Json;

namespace AiBotKit.Demo;

/// <summary>Secrets and ports of one installation, made at its first start and kept beside its data, readable by its owner only.</summary>
internal sealed record Installation
{
    public string ApiKey { get; init; } = Secret();

    public string CallbackSecret { get; init; } = Secret();

    public string VerifyToken { get; init; } = Secret();

    public string ProviderKey { get; init; } = Secret();

    /// <summary>Port of the simulator at the last start; 0 before the first.</summary>
    public int SimulatorPort { get; init; }

    public static async Task<Installation> LoadAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var file = FileOf(folder);
        return File.Exists(file) ? JsonSerializer.Deserialize<Installation>(await File.ReadAllTextAsync(file, cancellationToken)) ?? new() : new();
    }

    public async Task SaveAsync(string folder, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new FileStream(FileOf(folder), options);
        await JsonSerializer.SerializeAsync(file, this, cancellationToken: cancellationToken);
    }

    private static string FileOf(string folder) => Path.Combine(folder, "installation.json");

    private static string Secret() => RandomNumberGenerator.GetHexString(48, lowercase: true);
}
