using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts;

/// <summary>
/// The one-time link that makes the first person of an installation (S-A1): 256 random bits, 60 minutes, single use; only the
/// SHA-256 of it is stored. Each start without a person makes a new one and ends the one before.
/// </summary>
internal sealed class SetupLink(IDataWriter writer, TimeProvider time)
{
    private const string Name = "accounts.setup";
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(60);

    /// <summary>The new token, to be shown once.</summary>
    public async Task<string> IssueAsync()
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var value = new byte[40];
        Hash(token).CopyTo(value, 0);
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(32), (time.GetUtcNow() + Life).UtcTicks);
        await writer.SaveAsync(db =>
        {
            if (db.Set<Setting>().Find(Name) is { } old)
            {
                old.Value = value;
            }
            else
            {
                db.Add(new Setting { Name = Name, Value = value });
            }
        });
        return token;
    }

    /// <summary>Inside a write: uses the token up when it is the valid one.</summary>
    public static bool TryUse(AppDbContext db, string token, DateTimeOffset now)
    {
        var stored = db.Set<Setting>().AsTracking().FirstOrDefault(s => s.Name == Name);
        if (stored is not { Value.Length: 40 }
            || !CryptographicOperations.FixedTimeEquals(stored.Value.AsSpan(0, 32), Hash(token))
            || BinaryPrimitives.ReadInt64BigEndian(stored.Value.AsSpan(32)) <= now.UtcTicks)
        {
            return false;
        }

        db.Remove(stored);
        return true;
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
