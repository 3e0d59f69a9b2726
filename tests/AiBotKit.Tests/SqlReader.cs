using Microsoft.Data.Sqlite;

namespace AiBotKit.Tests;

/// <summary>Reads the stored forms of ids, times and optional columns over the ADO.NET driver.</summary>
internal static class SqlReader
{
    public static Guid Id(this SqliteDataReader reader, int column) => new(reader.GetFieldValue<byte[]>(column), true);

    public static Guid? IdOrNull(this SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.Id(column);

    public static DateTimeOffset Time(this SqliteDataReader reader, int column) => new(reader.GetInt64(column), TimeSpan.Zero);

    public static DateTimeOffset? TimeOrNull(this SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.Time(column);

    public static string? TextOrNull(this SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static long? NumberOrNull(this SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public static bool Flag(this SqliteDataReader reader, int column) => reader.GetInt64(column) != 0;
}
