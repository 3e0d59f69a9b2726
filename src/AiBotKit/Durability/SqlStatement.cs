using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AiBotKit.Durability;

/// <summary>
/// A prepared statement on SQLite's own interface, for the hot path only: what the ADO.NET driver does around each execution costs more than
/// most of these statements themselves. Belongs to one <see cref="WriteSession"/>; run it to its end before it is used again.
/// </summary>
internal sealed class SqlStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly int[] _positions;

    /// <param name="sql">One statement with parameters <c>$1…$n</c>.</param>
    public SqlStatement(sqlite3 database, string sql, int parameters)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
        _positions = new int[parameters];
        for (var i = 0; i < parameters; i++)
        {
            // SQLite numbers names by their first appearance.
            _positions[i] = raw.sqlite3_bind_parameter_index(_statement, $"${i + 1}");
        }
    }

    /// <summary>Binds the values in order; ids as 16 bytes, times as UTC ticks.</summary>
    public void Bind(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            Check(Bind(_positions[i], values[i]));
        }
    }

    /// <summary>Runs it; the number of rows it changed.</summary>
    public int ExecuteNonQuery()
    {
        try
        {
            while (Step())
            {
            }

            return raw.sqlite3_changes(_database);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>The first column of the first row: a number as long, a text, bytes; null when there is no row or it is NULL.</summary>
    public object? ExecuteScalar()
    {
        try
        {
            if (!Step())
            {
                return null;
            }

            object? value = raw.sqlite3_column_type(_statement, 0) switch
            {
                raw.SQLITE_NULL => null,
                raw.SQLITE_INTEGER => raw.sqlite3_column_int64(_statement, 0),
                raw.SQLITE_FLOAT => raw.sqlite3_column_double(_statement, 0),
                raw.SQLITE_BLOB => raw.sqlite3_column_blob(_statement, 0).ToArray(),
                _ => raw.sqlite3_column_text(_statement, 0).utf8_to_string(),
            };
            while (Step())
            {
            }

            return value;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Its rows; dispose them before the statement is used again.</summary>
    public SqlRows ExecuteReader() => new(this, _statement);

    public void Dispose() => _statement.Dispose();

    /// <summary>Moves to the next row; false at the end.</summary>
    internal bool Step()
    {
        switch (raw.sqlite3_step(_statement))
        {
            case raw.SQLITE_ROW:
                return true;
            case raw.SQLITE_DONE:
                return false;
            case var code:
                SqliteException.ThrowExceptionForRC(code, _database);
                return false;
        }
    }

    // The code of a reset only repeats the error of the step before it.
    internal void Reset() => raw.sqlite3_reset(_statement);

    private int Bind(int position, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(_statement, position),
        string text => raw.sqlite3_bind_text(_statement, position, text),
        long number => raw.sqlite3_bind_int64(_statement, position, number),
        int number => raw.sqlite3_bind_int64(_statement, position, number),
        bool flag => raw.sqlite3_bind_int64(_statement, position, flag ? 1 : 0),
        DateTimeOffset time => raw.sqlite3_bind_int64(_statement, position, time.UtcTicks),
        Guid id => BindId(position, id),
        byte[] { Length: > 0 } bytes => raw.sqlite3_bind_blob(_statement, position, bytes),
        byte[] => raw.sqlite3_bind_zeroblob(_statement, position, 0),
        double number => raw.sqlite3_bind_double(_statement, position, number),
        Enum name => raw.sqlite3_bind_int64(_statement, position, Convert.ToInt64(name, System.Globalization.CultureInfo.InvariantCulture)),
        _ => throw new InvalidOperationException($"No column holds a {value.GetType().Name}."),
    };

    private int BindId(int position, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return raw.sqlite3_bind_blob(_statement, position, bytes);
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(code, _database);
        }
    }
}

/// <summary>The rows of a <see cref="SqlStatement"/>, one at a time.</summary>
internal readonly struct SqlRows(SqlStatement statement, sqlite3_stmt rows) : IDisposable
{
    public bool Read() => statement.Step();

    public bool IsDBNull(int column) => raw.sqlite3_column_type(rows, column) == raw.SQLITE_NULL;

    public int GetInt32(int column) => raw.sqlite3_column_int(rows, column);

    public long GetInt64(int column) => raw.sqlite3_column_int64(rows, column);

    public double GetDouble(int column) => raw.sqlite3_column_double(rows, column);

    public string GetString(int column) => raw.sqlite3_column_text(rows, column).utf8_to_string();

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(rows, column).ToArray();

    public Guid Id(int column) => new(raw.sqlite3_column_blob(rows, column), bigEndian: true);

    public Guid? IdOrNull(int column) => IsDBNull(column) ? null : Id(column);

    public DateTimeOffset Time(int column) => new(GetInt64(column), TimeSpan.Zero);

    public DateTimeOffset? TimeOrNull(int column) => IsDBNull(column) ? null : Time(column);

    public string? TextOrNull(int column) => IsDBNull(column) ? null : GetString(column);

    public long? NumberOrNull(int column) => IsDBNull(column) ? null : GetInt64(column);

    public bool Flag(int column) => GetInt64(column) != 0;

    public void Dispose() => statement.Reset();
}
