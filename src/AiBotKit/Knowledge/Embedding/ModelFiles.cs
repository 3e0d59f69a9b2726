namespace AiBotKit.Knowledge.Embedding;

/// <summary>
/// Where the embedded models lie: <c>models</c> beside the program, put there by the build when it could fetch them (build/fetch-models).
/// Every file is optional; without one the product works lexically.
/// </summary>
internal sealed class ModelFiles(string folder)
{
    public static ModelFiles BesideProgram { get; } = new(Path.Combine(AppContext.BaseDirectory, "models"));

    public static ModelFiles None { get; } = new(Path.Combine(AppContext.BaseDirectory, "no-models"));

    public string LanguageModel { get; } = Path.Combine(folder, "lid.176.ftz");

    public string SentenceModel { get; } = Path.Combine(folder, "minilm", "model_q4.onnx");

    public string SentenceVocabulary { get; } = Path.Combine(folder, "minilm", "vocab.txt");

    public bool HasLanguageModel => File.Exists(LanguageModel);

    public bool HasSentenceModel => File.Exists(SentenceModel) && File.Exists(SentenceModel + "_data") && File.Exists(SentenceVocabulary);
}
