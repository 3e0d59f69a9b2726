using AiBotKit.Hosting.Configuration;

namespace AiBotKit.Durability;

/// <summary>Settings <c>Retention:*</c>.</summary>
internal sealed class RetentionOptions
{
    /// <summary>Days that the raw JSON of webhook items and dead letters is kept, 1 to 3,650.</summary>
    public int RawItemDays { get; init; } = 30;

    public TimeSpan RawItems => TimeSpan.FromDays(RawItemDays);

    public static RetentionOptions Read(SettingsReader settings)
    {
        var options = new RetentionOptions { RawItemDays = settings.Whole("Retention:RawItemDays", 30, 1, 3650) };
        settings.RefuseUnknown("Retention");
        return options;
    }
}
