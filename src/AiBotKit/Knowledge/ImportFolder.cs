using AiBotKit.Chatbots;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace AiBotKit.Knowledge;

/// <summary>Brings the knowledge in line with <c>Knowledge:Folder</c> at start: new and changed files in, deleted ones out.</summary>
internal sealed partial class ImportFolder(
    IOptions<KnowledgeOptions> options, ReadDb reads, IDataWriter writer, StoreDocument store, Retrieval retrieval, KnowledgeReadiness readiness, ILogger<ImportFolder> logger) : BackgroundService
{
    /// <summary>Bytes of one file; larger ones are left out with a warning.</summary>
    public const long MaxFileBytes = 10 << 20;

    /// <summary>Imports once; a second run with the same files writes nothing.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        List<Chatbot> chatbots;
        await using (var db = reads.Open())
        {
            chatbots = await db.Set<Chatbot>().OrderBy(c => c.Id).ToListAsync(cancellationToken);
        }

        readiness.Announce(chatbots.Select(c => c.Id));
        for (var i = 0; i < chatbots.Count; i++)
        {
            try
            {
                await ImportAsync(chatbots[i], isFirst: i == 0, cancellationToken);
            }
            finally
            {
                readiness.MarkImported(chatbots[i].Id);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or StoreUnavailableException or DbUpdateException)
        {
            LogFailed(error);
        }
    }

    private async Task ImportAsync(Chatbot chatbot, bool isFirst, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(options.Value.Folder))
        {
            return;
        }

        var found = new HashSet<string>(StringComparer.Ordinal);
        var changed = 0;
        foreach (var (name, path) in FilesOf(options.Value.Folder, chatbot.Name, isFirst))
        {
            if (new FileInfo(path).Length > MaxFileBytes)
            {
                LogTooLarge(Path.GetFileName(path));
                continue;
            }

            found.Add(name);
            var content = await File.ReadAllTextAsync(path, cancellationToken);
            var document = new NewDocument(chatbot.AccountId, chatbot.Id, SourceKind.Folder, name, null, FormatOf(path), content);
            changed += (await store.RunAsync(document, cancellationToken)).Changed ? 1 : 0;
        }

        var removed = await writer.SaveAsync(db => RemoveOthers(db, chatbot, found));
        if (removed > 0)
        {
            retrieval.Forget(chatbot.AccountId, chatbot.Id);
        }

        LogImported(chatbot.Id, found.Count, changed, removed);
    }

    private static int RemoveOthers(AppDbContext db, Chatbot chatbot, HashSet<string> found)
    {
        var gone = db.Set<Document>().Where(d => d.AccountId == chatbot.AccountId && d.ChatbotId == chatbot.Id)
            .Join(db.Set<Source>().Where(s => s.Kind == SourceKind.Folder), d => d.SourceId, s => s.Id, (d, s) => new { d.Id, d.Name })
            .ToList().Where(d => !found.Contains(d.Name)).Select(d => d.Id).ToList();
        db.Set<Chunk>().Where(c => c.AccountId == chatbot.AccountId && gone.Contains(c.DocumentId)).ExecuteDelete();
        return db.Set<Document>().Where(d => d.AccountId == chatbot.AccountId && gone.Contains(d.Id)).ExecuteDelete();
    }

    private static IEnumerable<(string Name, string Path)> FilesOf(string folder, string chatbot, bool isFirst)
    {
        var own = Path.Combine(folder, chatbot);
        var files = Directory.Exists(own) && Path.GetFileName(own) == chatbot ? Directory.EnumerateFiles(own, "*", SearchOption.AllDirectories) : [];
        if (isFirst && Directory.Exists(folder))
        {
            files = files.Concat(Directory.EnumerateFiles(folder));
        }

        return files.Where(path => FormatOf(path) != "").Order(StringComparer.Ordinal).Select(path => (Path.GetRelativePath(folder, path).Replace('\\', '/'), path));
    }

    private static string FormatOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".md" or ".markdown" => "md",
        ".html" or ".htm" => "html",
        ".txt" => "txt",
        _ => "",
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Knowledge of chatbot {ChatbotId}: {Files} files, {Changed} new or changed, {Removed} removed")]
    private partial void LogImported(Guid chatbotId, int files, int changed, int removed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Knowledge file {File} is larger than 10 MB and was left out")]
    private partial void LogTooLarge(string file);

    [LoggerMessage(Level = LogLevel.Error, Message = "The knowledge folder could not be imported")]
    private partial void LogFailed(Exception error);
}
