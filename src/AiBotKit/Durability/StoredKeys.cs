using System.Security.Cryptography;
using AiBotKit.Storage;

namespace AiBotKit.Durability;

/// <summary>Random keys of this installation that must outlive restarts, kept as rows of the store.</summary>
internal sealed class StoredKeys(SqliteDatabase database)
{
    /// <summary>32 random bytes, made at the first call. Called at start only, before the writer runs.</summary>
    public byte[] GetOrCreate(string name)
    {
        using var session = new WriteSession(database.OpenForWriting());
        session.Execute("INSERT OR IGNORE INTO settings (Name, Value) VALUES ($1, $2)", name, RandomNumberGenerator.GetBytes(32));
        return (byte[])session.Statement("SELECT Value FROM settings WHERE Name = $1", name).ExecuteScalar()!;
    }
}
