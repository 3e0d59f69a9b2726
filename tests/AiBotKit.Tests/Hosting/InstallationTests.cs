using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using AiBotKit.Tests.Fakes;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Hosting;

/// <summary>The program as <c>dotnet build -c Release src/AiBotKit</c> leaves it, started as an operator would.</summary>
public sealed partial class InstallationTests(ITestOutputHelper output)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_runs_from_any_folder_with_its_assets_over_plain_http_and_makes_its_data_folder()
    {
        var elsewhere = Directory.CreateTempSubdirectory("aibotkit-elsewhere-").FullName;
        var data = Path.Combine(elsewhere, "deep", "data");
        using (var product = Product.Start(elsewhere, $"--Data:Path={data}", "--Urls=http://127.0.0.1:0", "--Api:Key=a-long-key-of-the-operator", "--Demo:Enabled=true", "--Simulator:Enabled=true"))
        {
            using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(await product.AddressAsync()) };
            await product.ReadyAsync(http);
            Directory.Exists(data).ShouldBeTrue();
            var page = await http.GetStringAsync("/sign-in", Stop);
            var sheets = Stylesheet().Matches(page).Select(match => match.Groups[1].Value).ToList();
            sheets.ShouldNotBeEmpty();
            foreach (var sheet in sheets.Append("_framework/blazor.web.js").Append("_content/MudBlazor/MudBlazor.min.css"))
            {
                using var asset = await http.GetAsync("/" + sheet, Stop);
                asset.StatusCode.ShouldBe(HttpStatusCode.OK, sheet);
                (await asset.Content.ReadAsByteArrayAsync(Stop)).Length.ShouldBeGreaterThan(100, sheet);
            }

            // Demo:Enabled without configured chatbots: the samples' business answers, so the API knows its chatbot.
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "a-long-key-of-the-operator");
            using var taught = await http.PostAsJsonAsync("/api/knowledge/texts", new { title = "T", text = "X", chatbot = "Tidewick Assistant" }, Stop);
            taught.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        // A second start, on the existing store: this is what a restart costs.
        var watch = Stopwatch.StartNew();
        using (var again = Product.Start(elsewhere, $"--Data:Path={data}", "--Urls=http://127.0.0.1:0"))
        {
            using var http = new HttpClient { BaseAddress = new Uri(await again.AddressAsync()) };
            await again.ReadyAsync(http);
            output.WriteLine($"ready {watch.ElapsedMilliseconds} ms after the process was started (meant: 2000 ms on an idle machine)");
            using var second = Product.Start(elsewhere, $"--Data:Path={data}", "--Urls=http://127.0.0.1:0");
            var (code, error) = await second.ExitAsync();
            code.ShouldBe(2);
            error.ShouldContain("in use by another AI Bot Kit server");

            using var samePort = Product.Start(elsewhere, $"--Data:Path={data}2", $"--Urls={http.BaseAddress}");
            (code, error) = await samePort.ExitAsync();
            code.ShouldBe(2);
            error.ShouldContain("Urls: Failed to bind");
        }

        Directory.Delete(elsewhere, true);
    }

    [GeneratedRegex("<link rel=\"stylesheet\" href=\"([^\"]+)\"")]
    private static partial Regex Stylesheet();
}
