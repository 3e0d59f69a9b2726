namespace AiBotKit.Storage;

/// <summary>What is known of the pages of the database.</summary>
internal enum DatabaseState
{
    /// <summary>Every page was read, or it is new.</summary>
    Sound,

    /// <summary>Header and schema are sound; <see cref="CheckDatabase"/> is reading the rest.</summary>
    Checking,

    /// <summary>A page is damaged. Nothing is written any more: what were acknowledged now would be lost with the next restore of a backup.</summary>
    Damaged,
}
