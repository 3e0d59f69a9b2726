using AiBotKit.Hosting.Configuration;

namespace AiBotKit.Hosting.Secrets;

/// <summary>Where the master key comes from; with neither setting, a key made at the first start (S-K2).</summary>
internal sealed class SecretsOptions
{
    /// <summary>256 bits, as 64 hex digits or base64.</summary>
    public byte[]? MasterKey { get; init; }

    public static SecretsOptions Read(SettingsReader settings)
    {
        var text = settings.Text("Secrets:MasterKey");
        var file = settings.Text("Secrets:MasterKeyFile");
        settings.RefuseUnknown("Secrets");
        if (text is not null && file is not null)
        {
            settings.Refuse("Secrets:MasterKey", "left out when Secrets:MasterKeyFile is set");
            return new SecretsOptions();
        }

        var name = file is null ? "Secrets:MasterKey" : "Secrets:MasterKeyFile";
        if (file is not null)
        {
            try
            {
                text = File.ReadAllText(file).Trim();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                settings.Refuse(name, $"a readable file ({error.Message})");
                return new SecretsOptions();
            }
        }

        if (text is null)
        {
            return new SecretsOptions();
        }

        var key = MasterKey32(text);
        if (key is null)
        {
            settings.Refuse(name, "a key of 256 bits: 64 hex digits or base64 of 32 bytes (make one with: openssl rand -hex 32)");
        }

        return new SecretsOptions { MasterKey = key };
    }

    internal static byte[]? MasterKey32(string text)
    {
        var bytes = new byte[text.Length];
        if (text.Length == 64 && Convert.FromHexString(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done)
        {
            return bytes[..written];
        }

        return Convert.TryFromBase64String(text, bytes, out written) && written == 32 ? bytes[..32] : null;
    }
}
