using Microsoft.Data.Sqlite;

namespace AiBotKit.Bench.Acks;

/// <summary>One table of bodies with full durability, as plain as it can be.</summary>
internal sealed class BareStore : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly SqliteParameter _body;
    private readonly SqliteParameter _at;

    public BareStore(string file)
    {
        _connection = new SqliteConnection($"Data Source={file};Pooling=false");
        _connection.Open();
        Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=10000; CREATE TABLE bodies (Id INTEGER PRIMARY KEY, Body BLOB NOT NULL, At INTEGER NOT NULL);");
        _insert = _connection.CreateCommand();
        _insert.CommandText = "INSERT INTO bodies (Body, At) VALUES ($b, $t)";
        _body = _insert.Parameters.Add("$b", SqliteType.Blob);
        _at = _insert.Parameters.Add("$t", SqliteType.Integer);
    }

    public void Begin() => Run("BEGIN IMMEDIATE");

    public void Insert(byte[] body)
    {
        _body.Value = body;
        _at.Value = TimeProvider.System.GetUtcNow().UtcTicks;
        _insert.ExecuteNonQuery();
    }

    public void Commit() => Run("COMMIT");

    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }

    private void Run(string sql)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
