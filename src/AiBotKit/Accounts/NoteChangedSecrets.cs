using System.Security.Cryptography;
using System.Text;
using AiBotKit.Durability.Audit;
using AiBotKit.Hosting.Secrets;
using AiBotKit.Storage;

namespace AiBotKit.Accounts;

/// <summary>
/// Before the server listens: records which configured secrets are other ones than at the start before. Of each only an encrypted hash is
/// kept, so that neither the store nor a backup says anything about it.
/// </summary>
internal sealed class NoteChangedSecrets(IEnumerable<ConfiguredSecret> configured, FirstAccount account, SecretProtector protector, IDataWriter writer, TimeProvider time) : IHostedService
{
    private const string Kind = "secret_mark";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return writer.SaveAsync(db =>
        {
            foreach (var secret in configured)
            {
                Note(db, secret, now);
            }
        });
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Note(AppDbContext db, ConfiguredSecret secret, DateTimeOffset now)
    {
        var name = "audit.secret." + secret.Setting;
        var mark = db.Set<Durability.Setting>().Find(name);
        var hash = secret.Value is { } value ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value))) : null;
        var before = mark is null ? null : protector.Reveal(account.Id, Kind, Encoding.UTF8.GetString(mark.Value));
        if (hash == before && (hash is null) == (mark is null))
        {
            return;
        }

        if (hash is null)
        {
            db.Remove(mark!);
        }
        else
        {
            var kept = Encoding.UTF8.GetBytes(protector.Protect(account.Id, Kind, hash));
            if (mark is null)
            {
                db.Add(new Durability.Setting { Name = name, Value = kept });
            }
            else
            {
                mark.Value = kept;
            }
        }

        var change = mark is null ? "set" : hash is null ? "removed" : "changed";
        AuditTrail.Append(db, new AuditNote(account.Id, Actor.System, AuditActs.SecretChanged, "setting", secret.Setting, change), now);
    }
}
