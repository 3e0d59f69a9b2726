using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Storage;

/// <summary>
/// Opens read-only contexts on connections of their own. Keep them short (never across a model call or a send):
/// a long read pins the write-ahead log.
/// </summary>
internal sealed class ReadDb
{
    private readonly DbContextOptions<SqliteAppDbContext> _options;

    public ReadDb(SqliteDatabase database)
    {
        _options = new DbContextOptionsBuilder<SqliteAppDbContext>()
            .UseSqlite(database.ReadOnlyConnectionString)
            .AddInterceptors(SqlitePragmas.ForReaders)
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            .Options;
    }

    /// <summary>A no-tracking context that cannot write; dispose it.</summary>
    public AppDbContext Open() => new SqliteAppDbContext(_options);
}
