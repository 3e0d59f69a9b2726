using System.Runtime.InteropServices;

#pragma warning disable IDE0130, CA1050 // The runtime looks for exactly this class in the global namespace (DOTNET_STARTUP_HOOKS).

/// <summary>
/// The mutant "no fsync" of the strace check: run inside the real binary by <c>DOTNET_STARTUP_HOOKS</c>, it makes every SQLite connection
/// <c>synchronous=OFF</c> and deaf to the product's own setting. Nothing of it is in the shipped program.
/// </summary>
internal static class StartupHook
{
    private const int AuthorizePragma = 19;
    private const int Ignore = 2;

    // Kept for the life of the process: SQLite calls them.
    private static readonly OpenedCallback Opened = OnOpened;
    private static readonly AuthorizeCallback Authorize = OnAuthorize;

    private delegate int OpenedCallback(nint connection, nint error, nint api);

    private delegate int AuthorizeCallback(nint state, int action, nint first, nint second, nint database, nint trigger);

    public static void Initialize() => _ = sqlite3_auto_extension(Marshal.GetFunctionPointerForDelegate(Opened));

    private static int OnOpened(nint connection, nint error, nint api)
    {
        var failed = sqlite3_exec(connection, "PRAGMA synchronous=OFF", 0, 0, 0);
        return failed != 0 ? failed : sqlite3_set_authorizer(connection, Marshal.GetFunctionPointerForDelegate(Authorize), 0);
    }

    private static int OnAuthorize(nint state, int action, nint first, nint second, nint database, nint trigger) =>
        action == AuthorizePragma && Marshal.PtrToStringUTF8(first) == "synchronous" ? Ignore : 0;

    [DllImport("e_sqlite3")]
    private static extern int sqlite3_auto_extension(nint entry);

    [DllImport("e_sqlite3")]
    private static extern int sqlite3_exec(nint connection, [MarshalAs(UnmanagedType.LPUTF8Str)] string sql, nint callback, nint state, nint error);

    [DllImport("e_sqlite3")]
    private static extern int sqlite3_set_authorizer(nint connection, nint callback, nint state);
}
