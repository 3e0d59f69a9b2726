using System.Security.Cryptography;
using System.Text;
using AiBotKit.Storage;

namespace AiBotKit.Durability;

/// <summary>
/// Configuration seeds, the database rules: a row is written when it is new, or when <c>Reseed</c> is set and these very values
/// were not yet reseeded. The mark keeps that "once" over restarts with an unchanged configuration.
/// </summary>
internal static class SeedMark
{
    /// <summary>Inside a write; remembers what it allows.</summary>
    /// <param name="values">All configured values as text; only a hash of it is kept.</param>
    public static bool MustWrite(AppDbContext db, string name, bool isNew, bool reseed, string values)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(values));
        var mark = db.Set<Setting>().FirstOrDefault(s => s.Name == name);
        if (!isNew && (!reseed || (mark is not null && mark.Value.AsSpan().SequenceEqual(hash))))
        {
            return false;
        }

        if (reseed && mark is null)
        {
            db.Add(new Setting { Name = name, Value = hash });
        }
        else if (reseed)
        {
            mark!.Value = hash;
        }

        return true;
    }
}
