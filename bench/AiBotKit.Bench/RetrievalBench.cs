using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using AiBotKit.Durability;
using AiBotKit.Knowledge;
using AiBotKit.Knowledge.Embedding;
using AiBotKit.Knowledge.Ranking;
using AiBotKit.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiBotKit.Bench;

/// <summary>
/// Retrieval as a turn calls it, from the typed question to the passages read from the store, over made-up shops of 1,000, 10,000 and
/// 100,000 chunks. The chunks' vectors are random (only their number matters to the time); the question is embedded by the real model.
/// </summary>
internal static class RetrievalBench
{
    private const int Questions = 400;

    /// <summary>Chunks; times in milliseconds; <see cref="LoadMs"/> reads the index from the store; memory is what it holds afterwards.</summary>
    internal sealed record Figures(int Chunks, bool SentenceModel, double P50Ms, double P99Ms, double ColdMs, double LoadMs, double ChangeMs, double IndexMb);

    public static async Task<IReadOnlyList<Figures>> RunAsync(CancellationToken cancellationToken = default)
    {
        var results = new List<Figures>();
        foreach (var chunks in new[] { 1_000, 10_000, 100_000 })
        {
            var folder = Directory.CreateTempSubdirectory("aibotkit-bench-");
            try
            {
                var figures = await MeasureAsync(folder.FullName, chunks, cancellationToken);
                results.Add(figures);
                await Console.Out.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"retrieval {chunks,7} chunks: p50 {figures.P50Ms:F2} ms, p99 {figures.P99Ms:F2} ms, first {figures.ColdMs:F0} ms, index read in {figures.LoadMs:F0} ms, one document changed in {figures.ChangeMs:F1} ms, {figures.IndexMb:F0} MB{(figures.SentenceModel ? "" : ", without the sentence model")}"));
            }
            finally
            {
                folder.Delete(true);
            }
        }

        return results;
    }

    private static async Task<Figures> MeasureAsync(string folder, int chunks, CancellationToken cancellationToken)
    {
        var database = new SqliteDatabase(folder);
        database.BringUp();
        var reads = new ReadDb(database);
        var account = Guid.CreateVersion7();
        var chatbot = Guid.CreateVersion7();
        var shop = new MadeUpShop(7);
        await FillAsync(database, shop, account, chatbot, chunks, cancellationToken);

        using var embedder = new SentenceEmbedder(ModelFiles.BesideProgram);
        var search = new KnowledgeSearch(new LanguageIdentifier(ModelFiles.BesideProgram), new ChunkVectors(embedder));
        using var retrieval = new Retrieval(reads, search);
        var before = GC.GetTotalMemory(true);
        var clock = Stopwatch.StartNew();
        await retrieval.WarmAsync(account, chatbot, cancellationToken);
        var load = clock.Elapsed.TotalMilliseconds;
        var memory = (GC.GetTotalMemory(true) - before) / 1048576.0;

        clock.Restart();
        await retrieval.SearchAsync(account, chatbot, shop.Question(), 5, cancellationToken);
        var cold = clock.Elapsed.TotalMilliseconds;
        for (var i = 0; i < 50; i++)
        {
            await retrieval.SearchAsync(account, chatbot, shop.Question(), 5, cancellationToken);
        }

        var times = new double[Questions];
        for (var i = 0; i < Questions; i++)
        {
            var question = shop.Question();
            clock.Restart();
            await retrieval.SearchAsync(account, chatbot, question, 5, cancellationToken);
            times[i] = clock.Elapsed.TotalMilliseconds;
        }

        clock.Restart();
        var document = Guid.CreateVersion7();
        retrieval.Apply(account, chatbot, new HashSet<Guid> { document }, [new IndexEntry(Guid.CreateVersion7(), document, ChunkKind.Passage, "New", null, shop.Text(), "en", shop.Vectors())]);
        var change = clock.Elapsed.TotalMilliseconds;
        Array.Sort(times);
        return new Figures(chunks, embedder.IsAvailable, times[Questions / 2], times[Questions * 99 / 100], cold, load, change, memory);
    }

    private static async Task FillAsync(SqliteDatabase database, MadeUpShop shop, Guid account, Guid chatbot, int chunks, CancellationToken cancellationToken)
    {
        using var writer = new GroupCommitWriter(database, new FaultPoints(), TimeProvider.System, NullLogger<GroupCommitWriter>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = writer.RunAsync(stop.Token);
        const int perDocument = 250;
        for (var start = 0; start < chunks; start += perDocument)
        {
            var document = Guid.CreateVersion7();
            await writer.SaveAsync(db =>
            {
                db.Add(new Document
                {
                    Id = document,
                    AccountId = account,
                    ChatbotId = chatbot,
                    SourceId = document,
                    Name = "catalogue",
                    Title = "Catalogue",
                    Format = "txt",
                    Content = "",
                    Fingerprint = "",
                    UpdatedAt = TimeProvider.System.GetUtcNow(),
                });
                for (var i = 0; i < perDocument; i++)
                {
                    db.Add(new Chunk
                    {
                        Id = Guid.CreateVersion7(),
                        AccountId = account,
                        ChatbotId = chatbot,
                        DocumentId = document,
                        Position = i,
                        Kind = ChunkKind.Passage,
                        Body = shop.Text(),
                        Language = "en",
                        Vectors = MemoryMarshal.AsBytes<sbyte>(shop.Vectors()).ToArray(),
                    });
                }
            });
        }

        await stop.CancelAsync();
        await running;
    }
}
