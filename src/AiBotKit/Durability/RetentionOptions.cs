using AiBotKit.Hosting.Configuration;

namespace AiBotKit.Durability;

/// <summary>Settings <c>Retention:*</c>.</summary>
internal sealed class RetentionOptions
{
    /// <summary>Days that the raw JSON of webhook items and dead letters is kept, 1 to 3,650.</summary>
    public int RawItemDays { get; init; } = 30;

    /// <summary>Days that a line of the audit trail is kept, 30 to 3,650.</summary>
    public int AuditDays { get; init; } = 400;

    public TimeSpan RawItems => TimeSpan.FromDays(RawItemDays);

    public TimeSpan Audit => TimeSpan.FromDays(AuditDays);

    public static RetentionOptions Read(SettingsReader settings)
    {
        var options = new RetentionOptions
        {
            RawItemDays = settings.Whole("Retention:RawItemDays", 30, 1, 3650),
            AuditDays = settings.Whole("Retention:AuditDays", 400, 30, 3650),
        };
        settings.RefuseUnknown("Retention");
        return options;
    }
}
