using System.Collections.Concurrent;
using System.Threading.Channels;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Durability.Mails;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Plans;

/// <summary>
/// Tells the owners at 80 and at 100 % of a period's AI messages, once each, and again of a limit that was raised meanwhile: a line in the audit
/// trail and a mail, written together, and whoever listens to <see cref="Told"/>. What was missed in a crash is told with the next message that is
/// counted or refused.
/// </summary>
internal sealed partial class TellUsage(CommitSignals signals, IDataWriter writer, MailOutbox mails, TimeProvider time, ILogger<TellUsage> log) : BackgroundService
{
    private readonly Channel<(UsageSeen Usage, UsageLevel Level)> _due = Channel.CreateUnbounded<(UsageSeen, UsageLevel)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<Guid, (DateTimeOffset Period, long Limit, UsageLevel Level)> _told = new();

    /// <summary>An account has just been told, after the commit.</summary>
    public event Action<UsageSeen, UsageLevel>? Told;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        signals.UsageChanged += Look;
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        signals.UsageChanged -= Look;
        return base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (usage, level) in _due.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                if (await TellAsync(usage, level))
                {
                    mails.Wake();
                    Told?.Invoke(usage, level);
                }
            }
#pragma warning disable CA1031 // A mail that cannot be made must not stop the server: it is tried again with the next message.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _told.TryRemove(usage.AccountId, out _);
                LogNotTold(e, usage.AccountId);
            }
        }
    }

    /// <summary>On the writer's thread, so it only remembers.</summary>
    private void Look(UsageSeen usage)
    {
        var level = PlanRules.Level(usage.Used, usage.Limit);
        if (level == UsageLevel.Fine || (_told.TryGetValue(usage.AccountId, out var told) && told.Period == usage.PeriodStart && told.Limit >= usage.Limit && told.Level >= level))
        {
            return;
        }

        _told[usage.AccountId] = (usage.PeriodStart, usage.Limit, level);
        _due.Writer.TryWrite((usage, level));
    }

    private Task<bool> TellAsync(UsageSeen usage, UsageLevel level)
    {
        var now = time.GetUtcNow();
        var note = new AuditNote(usage.AccountId, Actor.System, level == UsageLevel.Out ? AuditActs.AiMessagesUsedUp : AuditActs.AiMessagesNear, "usage", null, $"{usage.Used} of {usage.Limit}");
        return writer.SaveAsync(db =>
        {
            var counter = db.Set<UsageCounter>().AsTracking().FirstOrDefault(u => u.AccountId == usage.AccountId && u.PeriodStart == usage.PeriodStart);
            if (counter is null)
            {
                // A limit of none at all: nothing was ever counted in this period.
                counter = new UsageCounter { AccountId = usage.AccountId, PeriodStart = usage.PeriodStart };
                db.Add(counter);
            }

            if ((level == UsageLevel.Out ? counter.OutToldOf : counter.NearToldOf) >= usage.Limit)
            {
                return false;
            }

            counter.NearToldOf = usage.Limit;
            counter.OutToldOf = level == UsageLevel.Out ? usage.Limit : counter.OutToldOf;
            AuditTrail.Append(db, note, now);
            foreach (var owner in db.Set<Person>().Where(p => p.AccountId == usage.AccountId && p.Role == PersonRole.Owner && p.DeactivatedAt == null).ToList())
            {
                db.Add(MailTexts.AiMessages(mails, owner, usage.Used, usage.Limit, level == UsageLevel.Out, now));
            }

            return true;
        });
    }

    [LoggerMessage(LogLevel.Warning, "The owners of account {Account} could not be told how many AI messages are used")]
    private partial void LogNotTold(Exception exception, Guid account);
}
