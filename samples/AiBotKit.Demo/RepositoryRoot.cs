namespace AiBotKit.Demo;

/// <summary>The checked-out tree that this program was built in.</summary>
internal static class RepositoryRoot
{
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AiBotKit.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new LaunchException("Start this through ./run in the repository: AiBotKit.slnx was not found above the program.");
    }
}
