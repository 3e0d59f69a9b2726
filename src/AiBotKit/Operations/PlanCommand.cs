using System.Globalization;
using System.Net;
using System.Text.Json;
using AiBotKit.Hosting;

namespace AiBotKit.Operations;

/// <summary>The verb <c>plan</c>: lists the accounts of a running server, or gives one of them another plan.</summary>
internal static class PlanCommand
{
    /// <param name="http">To the server, with the operator's key; disposed here.</param>
    /// <exception cref="StartupException">It cannot be done, and why.</exception>
    public static async Task RunAsync(HttpClient http, IConfiguration options)
    {
        using (http)
        {
            try
            {
                var accounts = await AccountsAsync(http);
                if (options["account"] is not { } wanted)
                {
                    accounts.ForEach(Print);
                    return;
                }

                var account = Find(accounts, wanted);
                Print(options["set"] is { } plan ? await SetAsync(http, account.GetProperty("id").GetGuid(), plan, Units(options, "extra-messages"), Units(options, "extra-storage")) : account);
            }
            catch (Exception error) when (error is HttpRequestException or IOException or JsonException)
            {
                throw new StartupException($"The plan was not set: {error.Message}", error);
            }
        }
    }

    private static async Task<List<JsonElement>> AccountsAsync(HttpClient http)
    {
        var all = new List<JsonElement>();
        var next = "";
        do
        {
            using var answer = await http.GetAsync("api/accounts?limit=200" + next);
            if (!answer.IsSuccessStatusCode)
            {
                throw new StartupException($"The server answered {(int)answer.StatusCode}: {(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized ? "this key is not the operator's" : "the accounts cannot be read")}.");
            }

            var page = await answer.Content.ReadFromJsonAsync<JsonElement>();
            all.AddRange(page.GetProperty("items").EnumerateArray());
            next = page.GetProperty("next").GetString() is { } cursor ? "&cursor=" + cursor : null;
        }
        while (next is not null);
        return all;
    }

    private static JsonElement Find(List<JsonElement> accounts, string wanted)
    {
        var found = Guid.TryParse(wanted, out var id)
            ? accounts.FindAll(a => a.GetProperty("id").GetGuid() == id)
            : accounts.FindAll(a => wanted.Equals(a.GetProperty("name").GetString(), StringComparison.OrdinalIgnoreCase));
        return found switch
        {
            [var one] => one,
            [] => throw new StartupException($"There is no account '{wanted}'."),
            _ => throw new StartupException($"{found.Count} accounts are called '{wanted}'. Give the id of one of them: {string.Join(", ", found.Select(a => a.GetProperty("id").GetGuid()))}."),
        };
    }

    private static async Task<JsonElement> SetAsync(HttpClient http, Guid account, string plan, int? extraMessageUnits, int? extraStorageUnits)
    {
        using var answer = await http.PutAsJsonAsync($"api/accounts/{account}/plan", new { plan, extraMessageUnits, extraStorageUnits });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return answer.IsSuccessStatusCode ? body : throw new StartupException($"The plan was not set: {body.GetProperty("title").GetString()}");
    }

    private static int? Units(IConfiguration options, string name) => options[name] switch
    {
        null => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var units) => units,
        _ => throw new StartupException($"--{name} must be a whole number."),
    };

    private static void Print(JsonElement account)
    {
        var messages = account.GetProperty("aiMessages");
        var limit = messages.GetProperty("limit");
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{account.GetProperty("id").GetGuid()}  {account.GetProperty("plan").GetString(),-10} {messages.GetProperty("used").GetInt64()} of {(limit.ValueKind == JsonValueKind.Null ? "unlimited" : limit)} AI messages  {account.GetProperty("name").GetString()}"));
    }
}
