using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Tests.Simulator;

namespace AiBotKit.Tests.Faults;

/// <summary>Customers that write all the time, and an owner who switches AI replies of one of them off and on, whether the product lives or not.</summary>
internal sealed class KillLoad(SimulatorFixture simulator, HttpClient http) : IDisposable
{
    /// <summary>The customer whose AI replies are switched.</summary>
    public const string Switched = "15550100299";

    private const int Customers = 8;
    private static readonly TimeSpan WriteEvery = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan SwitchEvery = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _end = new();
    private readonly List<string> _written = [];
    private readonly List<OffTime> _off = [];

    /// <summary>Provider ids of what was written.</summary>
    public IReadOnlyCollection<string> Written => _written;

    public IReadOnlyList<OffTime> Off => _off;

    /// <summary>Runs until <see cref="End"/>; await it for the last of the load.</summary>
    public Task RunAsync() => Task.WhenAll(WriteAsync(), SwitchAsync());

    public void End() => _end.Cancel();

    public void Dispose()
    {
        End();
        _end.Dispose();
    }

    private async Task WriteAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            var customer = _written.Count % (Customers + 1);
            var said = await simulator.SayAsync(new { text = $"Do you sell green coffee? {_written.Count}" }, customer == Customers ? Switched : $"1555010020{customer}");
            _written.Add(said.GetProperty("id").GetString()!);
            await Task.Delay(WriteEvery, CancellationToken.None);
        }
    }

    /// <summary>Ends with AI replies on, so that the last messages are answered.</summary>
    private async Task SwitchAsync()
    {
        string? conversation = null;
        DateTimeOffset? offSince = null;
        var off = false;
        while (!_end.IsCancellationRequested || off)
        {
            await Task.Delay(SwitchEvery, CancellationToken.None);
            try
            {
                conversation ??= await FindAsync();
                if (conversation is null)
                {
                    continue;
                }

                var asked = DateTimeOffset.UtcNow;
                if (off && offSince is { } since)
                {
                    _off.Add(new OffTime(conversation, since, asked));
                    offSince = null;
                }

                using var answer = await http.PatchAsJsonAsync($"api/conversations/{conversation}", new { aiReplies = off }, CancellationToken.None);
                answer.EnsureSuccessStatusCode();
                off = !off;
                var inFlight = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("inFlight").GetBoolean();
                offSince = off && !inFlight ? DateTimeOffset.UtcNow : null;
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException or JsonException)
            {
                // The product is down or was killed while it answered: the switch may stand either way, so it is asked for again.
                if (_end.IsCancellationRequested)
                {
                    return;
                }
            }
        }
    }

    private async Task<string?> FindAsync()
    {
        var page = await http.GetFromJsonAsync<JsonElement>("api/conversations?limit=200");
        return page.GetProperty("items").EnumerateArray().Where(static one => one.GetProperty("sessionId").GetString() == "wa_" + Switched)
            .Select(static one => one.GetProperty("id").GetString()).FirstOrDefault();
    }
}
