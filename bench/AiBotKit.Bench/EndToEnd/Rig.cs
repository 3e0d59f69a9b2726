using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Demo;

namespace AiBotKit.Bench.EndToEnd;

/// <summary>Real processes over one new data folder: the product or a bare endpoint, simulators, and a model in this process. Dispose ends and deletes all.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private static readonly string Root = RepositoryRoot.Find();

    private readonly string _folder = Directory.CreateTempSubdirectory("aibotkit-bench-").FullName;
    private readonly HttpClient _http = new(new SocketsHttpHandler(), disposeHandler: true) { Timeout = TimeSpan.FromMinutes(15) };
    private readonly List<ServerProcess> _simulators = [];
    private LoopbackModel? _model;
    private Dictionary<string, string> _settings = [];
    private ServerProcess? _product;

    public int ProductPort { get; } = Ports.Free().Product;

    public int SimulatorPort { get; } = Ports.Free().Simulator;

    public int ModelPort { get; private set; }

    /// <summary>Resident memory of the product in MB.</summary>
    public double ResidentMb => Math.Round(Machine.ResidentMb(_product!.Id));

    public string DataFolder => Path.Combine(_folder, "data");

    public async Task StartModelAsync(TimeSpan delay)
    {
        ModelPort = Ports.Free().Product;
        _model = new LoopbackModel(ModelPort, delay);
        await _model.StartAsync();
    }

    /// <summary>Starts the product with these settings over the usual ones, and waits until it takes callbacks.</summary>
    public async Task StartProductAsync(Dictionary<string, string>? changed = null)
    {
        var knowledge = Directory.CreateDirectory(Path.Combine(_folder, "knowledge")).FullName;
        await File.WriteAllTextAsync(Path.Combine(knowledge, "questions.txt"), "Q: Do you sell green coffee?\nA: Yes, in bags of 1 kilogram.\n");
        _settings = RigSettings.Product(DataFolder, knowledge, ProductPort, SimulatorPort, ModelPort);
        foreach (var (name, text) in changed ?? [])
        {
            _settings[name] = text;
        }

        await RestartProductAsync();
    }

    /// <summary>Starts the product again on its folder with its settings.</summary>
    public async Task RestartProductAsync()
    {
        _product = ServerProcess.Start("The product", Program("src/AiBotKit", "AiBotKit"), Path.Combine(_folder, "product.log"), _settings);
        await _product.ReadyAsync(_http, RigSettings.Url(ProductPort) + "/readyz", CancellationToken.None);
    }

    /// <summary>The one-time link that makes the first person, as the product has printed it.</summary>
    public string SetupLink()
    {
        using var log = new StreamReader(new FileStream(Path.Combine(_folder, "product.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = log.ReadToEnd();
        var token = text.IndexOf("/setup?token=", StringComparison.Ordinal);
        return token < 0 ? throw new BrokenPromiseException("the product printed no set-up link") : RigSettings.Url(ProductPort) + text[token..].Split([' ', '\n', '\r'], 2)[0];
    }

    /// <summary>Ids of the account's conversations.</summary>
    public async Task<List<Guid>> ConversationsAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, RigSettings.Url(ProductPort) + "/api/conversations?limit=200") { Headers = { Authorization = new("Bearer", RigSettings.ApiKey) } };
        using var answer = await _http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return [.. (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items").EnumerateArray().Select(one => one.GetProperty("id").GetGuid())];
    }

    /// <summary>Starts the product's process and does not wait for anything.</summary>
    public void StartProductProcess() =>
        _product = ServerProcess.Start("The product", Program("src/AiBotKit", "AiBotKit"), Path.Combine(_folder, "product.log"), _settings);

    public async Task StopProductAsync() => await _product!.DisposeAsync();

    /// <summary>SIGKILL, without a chance to tidy up.</summary>
    public Task KillProductAsync() => _product!.KillAsync();

    public async Task StartBareAsync(string kind)
    {
        Directory.CreateDirectory(DataFolder);
        _product = ServerProcess.Start(
            $"The bare endpoint ({kind})", Environment.ProcessPath is { } path && path.EndsWith("AiBotKit.Bench", StringComparison.Ordinal) ? path + ".dll" : typeof(Rig).Assembly.Location,
            Path.Combine(_folder, "bare.log"), new Dictionary<string, string>(), null, "serve", kind, ProductPort.ToString(CultureInfo.InvariantCulture), DataFolder);
        await _product.ReadyAsync(_http, RigSettings.Url(ProductPort) + "/readyz", CancellationToken.None);
    }

    public Task StartSimulatorAsync(Dictionary<string, string>? changed = null) => StartSimulatorAsync(SimulatorPort, RigSettings.Number, RigSettings.DisplayNumber, changed);

    public async Task StartSimulatorAsync(int port, string number, string displayNumber, Dictionary<string, string>? changed = null)
    {
        var settings = RigSettings.Simulator(port, ProductPort, number, displayNumber);
        foreach (var (name, text) in changed ?? [])
        {
            settings["Simulator__" + name] = text;
        }

        var simulator = ServerProcess.Start(
            "The simulator", Program("src/AiBotKit.PinnacleSimulator", "AiBotKit.PinnacleSimulator"), Path.Combine(_folder, $"simulator-{_simulators.Count}.log"), settings);
        _simulators.Add(simulator);
        await simulator.ReadyAsync(_http, RigSettings.Url(port) + "/healthz", CancellationToken.None);
    }

    /// <summary>Starts a load run of the simulator; see docs/simulator.md for the members.</summary>
    public async Task<string> BeginLoadAsync(object load, int? simulatorPort = null)
    {
        using var answer = await _http.PostAsJsonAsync($"{RigSettings.Url(simulatorPort ?? SimulatorPort)}/sim/load", load);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    /// <summary>The book of a load run, after everything is answered or <paramref name="patience"/> is over.</summary>
    public async Task<LoadBook> ReadLoadAsync(string id, TimeSpan patience, int? simulatorPort = null) =>
        (await _http.GetFromJsonAsync<LoadBook>($"{RigSettings.Url(simulatorPort ?? SimulatorPort)}/sim/load/{id}?waitMs={(int)patience.TotalMilliseconds}", JsonSerializerOptions.Web))!;

    public async Task StopLoadAsync(string id, int? simulatorPort = null)
    {
        using var answer = await _http.DeleteAsync(new Uri($"{RigSettings.Url(simulatorPort ?? SimulatorPort)}/sim/load/{id}"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_product is not null)
        {
            await _product.DisposeAsync();
        }

        foreach (var simulator in _simulators)
        {
            await simulator.DisposeAsync();
        }

        if (_model is not null)
        {
            await _model.DisposeAsync();
        }

        _http.Dispose();
        Directory.Delete(_folder, true);
    }

    private static string Program(string project, string name) => Path.Combine(Root, project, "bin", "Release", "net10.0", name + ".dll");
}
