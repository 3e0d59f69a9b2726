using System.Security.Cryptography;

namespace AiBotKit.Knowledge.Embedding;

/// <summary>
/// Where the embedded models lie: <c>models</c> beside the program, put there by the build when it could fetch them (build/fetch-models).
/// Every file is optional; without one, or with a damaged one, the product works lexically.
/// </summary>
internal sealed class ModelFiles(string folder)
{
    public static ModelFiles BesideProgram { get; } = new(Path.Combine(AppContext.BaseDirectory, "models"));

    public static ModelFiles None { get; } = new(Path.Combine(AppContext.BaseDirectory, "no-models"));

    public string LanguageModel { get; } = Path.Combine(folder, "lid.176.ftz");

    public string SentenceModel { get; } = Path.Combine(folder, "minilm", "model_q4.onnx");

    public string SentenceVocabulary { get; } = Path.Combine(folder, "minilm", "vocab.txt");

    /// <summary>SHA-256 of each file by its path below the folder, as build/fetch-models checks them.</summary>
    public static IReadOnlyDictionary<string, string> Sums { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["lid.176.ftz"] = "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83",
        ["minilm/model_q4.onnx"] = "e4dcb918111189b7686147e309379832fce83d4ecbf17c395961749b5788c786",
        ["minilm/model_q4.onnx_data"] = "56fb7a55115e900196115a74e399beb45c2f41ae00b99525d46fb52935c4ee2a",
        ["minilm/vocab.txt"] = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    };

    /// <summary>Throws for a file that is not byte for byte the published one: half a model would answer nonsense, or nothing.</summary>
    /// <exception cref="InvalidDataException">It is another file, or a damaged one.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void Check(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
        {
            using var file = File.OpenRead(path);
            var name = Path.GetRelativePath(folder, path).Replace('\\', '/');
            if (Convert.ToHexStringLower(SHA256.HashData(file)) != Sums[name])
            {
                throw new InvalidDataException($"{name} is damaged: its SHA-256 is not the published one.");
            }
        }
    }

    public bool HasLanguageModel => File.Exists(LanguageModel);

    public bool HasSentenceModel => File.Exists(SentenceModel) && File.Exists(SentenceModel + "_data") && File.Exists(SentenceVocabulary);
}
