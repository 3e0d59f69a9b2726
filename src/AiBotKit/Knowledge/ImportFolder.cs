using AiBotKit.Accounts;
using AiBotKit.Chatbots;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Knowledge;

/// <summary>
/// Brings the knowledge in line with <c>Knowledge:Folder</c> once the server has started: new and changed files in, deleted ones out.
/// The folder is the operator's, so only the first account's chatbots are fed from it.
/// </summary>
internal sealed partial class ImportFolder(
    KnowledgeOptions options,
    FirstAccount account,
    ReadDb reads,
    StoreDocument store,
    RemoveDocuments remove,
    Retrieval retrieval,
    KnowledgeReadiness readiness,
    IHostApplicationLifetime life,
    ILogger<ImportFolder> logger) : BackgroundService
{
    /// <summary>Imports once; a second run with the same files writes nothing.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        List<Chatbot> chatbots;
        await using (var db = reads.Open())
        {
            var first = account.Id;
            chatbots = await db.Set<Chatbot>().Where(c => c.AccountId == first).OrderBy(c => c.CreatedAt).ThenBy(c => c.Id).ToListAsync(cancellationToken);
        }

        readiness.Announce(chatbots.Select(c => c.Id));
        for (var i = 0; i < chatbots.Count; i++)
        {
            try
            {
                await ImportAsync(chatbots[i], isFirst: i == 0, cancellationToken);
                await retrieval.WarmAsync(chatbots[i].AccountId, chatbots[i].Id, cancellationToken);
            }
#pragma warning disable CA1031 // The importer's loop: what is wrong with one chatbot's folder must not keep the others from their knowledge.
            catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
            {
                LogChatbotFailed(error, chatbots[i].Id);
            }
            finally
            {
                readiness.MarkImported(chatbots[i].Id);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // After every other service: the seed has written the chatbots, and the first webhook waits for nothing here.
            await StartedAsync(stoppingToken);
            await RunAsync(stoppingToken);
        }
        catch (Exception error) when (error is StoreUnavailableException or System.Data.Common.DbException)
        {
            LogFailed(error);
        }
        finally
        {
            // Turns wait for this announcement; without it they would wait the whole minute.
            readiness.Announce([]);
        }
    }

    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = life.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }

    private async Task ImportAsync(Chatbot chatbot, bool isFirst, CancellationToken cancellationToken)
    {
        if (options.Folder is not { Length: > 0 } folder)
        {
            return;
        }

        var found = new HashSet<string>(StringComparer.Ordinal);
        var changed = 0;
        foreach (var (name, path) in KnowledgeFiles.Of(folder, chatbot.ConfiguredName ?? chatbot.Name, isFirst))
        {
            // Also when it cannot be read now: what was imported of it before stays.
            found.Add(name);
            try
            {
                if (new FileInfo(path).Length > KnowledgeFiles.MaxBytes)
                {
                    LogTooLarge(name);
                    continue;
                }

                var content = await KnowledgeFiles.ReadAsync(path, cancellationToken);
                var document = new NewDocument(chatbot.AccountId, chatbot.Id, SourceKind.Folder, name, null, KnowledgeFiles.FormatOf(path)!, content);
                changed += (await store.RunAsync(document, cancellationToken)).Changed ? 1 : 0;
            }
#pragma warning disable CA1031 // The importer's loop: what is wrong with one file must not keep the others out.
            catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
            {
                LogFileFailed(error, name);
            }
        }

        var removed = await remove.RunAsync(chatbot.AccountId, chatbot.Id, SourceKind.Folder, found, cancellationToken);
        LogImported(chatbot.Id, found.Count, changed, removed);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Knowledge of chatbot {ChatbotId}: {Files} files, {Changed} new or changed, {Removed} removed")]
    private partial void LogImported(Guid chatbotId, int files, int changed, int removed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Knowledge file {File} is larger than 10 MB and was left out")]
    private partial void LogTooLarge(string file);

    [LoggerMessage(Level = LogLevel.Error, Message = "Knowledge file {File} could not be imported")]
    private partial void LogFileFailed(Exception error, string file);

    [LoggerMessage(Level = LogLevel.Error, Message = "The knowledge folder of chatbot {ChatbotId} could not be imported")]
    private partial void LogChatbotFailed(Exception error, Guid chatbotId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The knowledge folder could not be imported")]
    private partial void LogFailed(Exception error);
}
