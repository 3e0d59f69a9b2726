using System.Security.Cryptography;

namespace AiBotKit.Hosting.Secrets;

/// <summary>The 256-bit key that encrypts the key ring. Made at the first start when none is configured; backups leave it out.</summary>
internal sealed partial class MasterKey(SecretsOptions options, DataFolder folder, ILogger<MasterKey> logger)
{
    private readonly Lock _gate = new();
    private byte[]? _key;

    /// <summary>AES-256-GCM: nonce, tag, ciphertext.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> plain)
    {
        var sealedBytes = new byte[12 + 16 + plain.Length];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, 12));
        using var aes = new AesGcm(Key(), 16);
        aes.Encrypt(sealedBytes.AsSpan(0, 12), plain, sealedBytes.AsSpan(28), sealedBytes.AsSpan(12, 16));
        return sealedBytes;
    }

    /// <exception cref="CryptographicException">Another master key encrypted it, or it was changed.</exception>
    public byte[] Decrypt(ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < 28)
        {
            throw new CryptographicException("Too short.");
        }

        var plain = new byte[sealedBytes.Length - 28];
        using var aes = new AesGcm(Key(), 16);
        aes.Decrypt(sealedBytes[..12], sealedBytes[28..], sealedBytes[12..28], plain);
        return plain;
    }

    private byte[] Key()
    {
        lock (_gate)
        {
            return _key ??= options.MasterKey ?? FromDataFolder();
        }
    }

    private byte[] FromDataFolder()
    {
        var path = Path.Combine(folder.Path, "keys", "master.key");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!File.Exists(path))
        {
            // It was moved away, and nobody said where to: a new one would open nothing.
            if (CheckMasterKey.Ring(folder).Count > 0)
            {
                throw new StartupException($"'{path}' is not there, and the stored secrets were encrypted with it. Nothing was changed. Put it back, or set Secrets:MasterKeyFile (or Secrets:MasterKey).");
            }

            // Written beside and moved into place: a crash leaves no half key, and nobody else could ever read it.
            var beside = path + ".new";
            File.Delete(beside);
            var mode = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
            if (!OperatingSystem.IsWindows())
            {
                mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var file = new FileStream(beside, mode))
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))));
                file.Flush(true);
            }

            File.Move(beside, path);
        }

        LogKeyBesideData(path);
        return SecretsOptions.MasterKey32(File.ReadAllText(path).Trim())
            ?? throw new StartupException($"'{path}' is no master key any more. Put the right one back, or set Secrets:MasterKeyFile.");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The master key lies beside the data it protects ({Path}). Move it away and set Secrets:MasterKeyFile. Backups leave it out: keep a copy elsewhere")]
    private partial void LogKeyBesideData(string path);
}
