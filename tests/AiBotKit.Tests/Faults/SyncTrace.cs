using System.Globalization;
using System.Text.RegularExpressions;

namespace AiBotKit.Tests.Faults;

/// <summary>
/// Reads a log of <c>strace -f -yy</c> and says where the product broke the rule of full durability: a callback is answered 200 only after an
/// fdatasync of the write-ahead log that began after the message was written to it, and a log whose sync failed is closed before anything
/// more is written or synced through it.
/// </summary>
internal sealed partial class SyncTrace
{
    private readonly Dictionary<string, int> _written = [];
    private readonly Dictionary<string, string> _asked = [];
    private readonly Dictionary<string, (string Fd, int Began)> _syncing = [];
    private readonly Dictionary<string, string> _receiving = [];
    private readonly HashSet<string> _failed = [];
    private readonly List<int> _synced = [];
    private int _line;

    /// <summary>Broken rules, with the line they were broken at.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Callbacks answered 200 that were checked.</summary>
    public int Answers { get; private set; }

    /// <summary>Syncs of the write-ahead log that failed.</summary>
    public int FailedSyncs { get; private set; }

    public static SyncTrace OfFile(string path) => Of(File.ReadLines(path));

    public static SyncTrace Of(IEnumerable<string> lines)
    {
        var trace = new SyncTrace();
        foreach (var line in lines)
        {
            trace._line++;
            trace.Read(line);
        }

        return trace;
    }

    private void Read(string line)
    {
        if (Line().Match(line) is not { Success: true } match)
        {
            return;
        }

        var (thread, call, fd, rest) = (match.Groups["thread"].Value, match.Groups["call"].Value, match.Groups["fd"].Value, match.Groups["rest"].Value);
        var isResumed = match.Groups["resumed"].Success;
        var isLog = fd.Contains("-wal>", StringComparison.Ordinal);
        switch (call)
        {
            case "pwrite64" or "write" when isLog && !isResumed:
                Use(fd);
                foreach (var id in Ids(rest))
                {
                    _written.TryAdd(id, _line);
                }

                break;
            case "fdatasync" or "fsync" when isResumed && _syncing.Remove(thread, out var begun):
                EndSync(begun.Fd, begun.Began, rest);
                break;
            case "fdatasync" or "fsync" when isLog:
                Use(fd);
                if (rest.Contains("<unfinished", StringComparison.Ordinal))
                {
                    _syncing[thread] = (fd, _line);
                }
                else
                {
                    EndSync(fd, _line, rest);
                }

                break;
            case "close" when !isResumed:
                _failed.Remove(fd);
                break;
            case "recvfrom" or "recvmsg" or "read":
                Receive(thread, fd, rest, isResumed);
                break;
            case "sendto" or "sendmsg" or "write" or "writev" when !isResumed && rest.Contains("HTTP/1.1 200", StringComparison.Ordinal) && _asked.Remove(fd, out var answered):
                Answer(answered);
                break;
        }
    }

    private void Receive(string thread, string fd, string rest, bool isResumed)
    {
        if (rest.Contains("<unfinished", StringComparison.Ordinal))
        {
            _receiving[thread] = fd;
            return;
        }

        if (isResumed && !_receiving.Remove(thread, out fd!))
        {
            return;
        }

        if (Ids(rest).LastOrDefault() is { } id)
        {
            _asked[fd] = id;
        }
    }

    private void Answer(string id)
    {
        Answers++;
        if (!_written.TryGetValue(id, out var written) || !_synced.Exists(began => began > written))
        {
            Faults.Add(string.Create(CultureInfo.InvariantCulture, $"line {_line}: 200 for {id} before it was synced"));
        }
    }

    private void EndSync(string fd, int began, string rest)
    {
        if (rest.Contains("= 0", StringComparison.Ordinal))
        {
            _synced.Add(began);
        }
        else
        {
            FailedSyncs++;
            _failed.Add(fd);
        }
    }

    private void Use(string fd)
    {
        if (_failed.Contains(fd))
        {
            Faults.Add(string.Create(CultureInfo.InvariantCulture, $"line {_line}: {fd} is used again after its sync failed"));
        }
    }

    private static IEnumerable<string> Ids(string text) => Id().Matches(text).Select(match => match.Value);

    [GeneratedRegex(@"^(?<thread>\d+) +(?:[\d.:]+ +)?(?:(?<resumed><\.\.\. )(?<call>\w+) resumed>|(?<call>\w+)\((?<fd>\d+<[^>]*>>?|\d+))?(?<rest>.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Line();

    [GeneratedRegex(@"wamid\.SYNC\.\d+\.E", RegexOptions.CultureInvariant)]
    private static partial Regex Id();
}
