using System.Security.Cryptography;
using System.Xml.Linq;

namespace AiBotKit.Hosting.Secrets;

/// <summary>
/// Before anything else starts: the master key opens every key of the ring. Another one would make a ring beside it, and stored secrets would be
/// found unreadable one by one, much later. A file that is no key of the ring is left to Data Protection.
/// </summary>
internal sealed class CheckMasterKey(MasterKey master, DataFolder folder) : IHostedService
{
    /// <exception cref="StartupException">A key of the ring was encrypted with another master key, or the ring's file was changed.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var file in Ring(folder))
        {
            if (XDocument.Load(file).Descendants(MasterKeyXmlEncryptor.Element).FirstOrDefault() is { } sealedKey && !Opens(sealedKey.Value))
            {
                throw new StartupException(
                    $"Secrets:MasterKey (or Secrets:MasterKeyFile, or keys/master.key in Data:Path) is not the key that the stored secrets were encrypted with: it does not open '{file}'. Nothing was changed. Give the right key.");
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The files of the ring's keys.</summary>
    public static IReadOnlyList<string> Ring(DataFolder folder)
    {
        var keys = Path.Combine(folder.Path, "keys");
        return Directory.Exists(keys) ? Directory.GetFiles(keys, "key-*.xml") : [];
    }

    private bool Opens(string text)
    {
        try
        {
            master.Decrypt(Convert.FromBase64String(text));
            return true;
        }
        catch (Exception error) when (error is CryptographicException or FormatException)
        {
            return false;
        }
    }
}
