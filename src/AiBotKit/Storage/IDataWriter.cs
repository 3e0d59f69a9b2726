namespace AiBotKit.Storage;

/// <summary>
/// The only way to write. On SQLite there is exactly one writer: every change runs as one operation of a group-committed batch,
/// inside its own savepoint, and the returned task ends after the batch's commit is on disk.
/// </summary>
internal interface IDataWriter
{
    /// <summary>
    /// Runs <paramref name="change"/> on a context bound to the writer's transaction, saves it, and returns its value after the commit.
    /// The callback must only touch the context: it can run twice when a batch has to be replayed.
    /// </summary>
    /// <exception cref="Microsoft.EntityFrameworkCore.DbUpdateException">A constraint refused the change; nothing of it was written.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot commit now (disk full, I/O error, queue full); nothing was written.</exception>
    Task<T> SaveAsync<T>(Func<AppDbContext, T> change);
}

/// <summary>Convenience over <see cref="IDataWriter"/>.</summary>
internal static class DataWriterExtensions
{
    /// <summary>As <see cref="IDataWriter.SaveAsync{T}"/> for a change without a value.</summary>
    public static Task SaveAsync(this IDataWriter writer, Action<AppDbContext> change) =>
        writer.SaveAsync(db =>
        {
            change(db);
            return true;
        });
}
