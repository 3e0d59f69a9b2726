using AiBotKit.Hosting.Configuration;

namespace AiBotKit.Knowledge;

/// <summary>Settings <c>Knowledge:*</c>.</summary>
internal sealed class KnowledgeOptions
{
    /// <summary>
    /// Folder of .txt, .md and .html files, read at start: files at its root belong to the first chatbot,
    /// <c>&lt;folder&gt;/&lt;chatbot name&gt;/</c> to that one. Null: nothing is imported.
    /// </summary>
    public string? Folder { get; init; }

    public static KnowledgeOptions Read(SettingsReader settings)
    {
        var folder = settings.Text("Knowledge:Folder", 4096);
        if (folder is not null && !Directory.Exists(folder))
        {
            settings.Refuse("Knowledge:Folder", "an existing folder, or left out for none");
        }

        settings.RefuseUnknown("Knowledge");
        return new KnowledgeOptions { Folder = folder };
    }
}
