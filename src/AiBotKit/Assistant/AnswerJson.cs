using System.Text.Json.Serialization;

namespace AiBotKit.Assistant;

/// <summary>How traces and citations are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AnswerTrace))]
[JsonSerializable(typeof(IReadOnlyList<Citation>))]
internal sealed partial class AnswerJson : JsonSerializerContext;
