namespace AiBotKit.Assistant;

/// <summary>The few sentences that the assistant says in its own words, in the customer's language (English when it is not among these).</summary>
internal static class FixedTexts
{
    private static readonly Dictionary<string, Sentences> ByLanguage = new(StringComparer.Ordinal)
    {
        ["en"] = new("Hello! I am {0}. What would you like to know?", "You're welcome! Is there anything else you would like to know?", "All right. What would you like to know?", "I'm not sure I understood. Is it about one of these? Reply with the number.", "Source"),
        ["es"] = new("¡Hola! Soy {0}. ¿Qué le gustaría saber?", "¡De nada! ¿Hay algo más que le gustaría saber?", "De acuerdo. ¿Qué le gustaría saber?", "No estoy seguro de haberle entendido. ¿Se trata de uno de estos temas? Responda con el número.", "Fuente"),
        ["fr"] = new("Bonjour ! Je suis {0}. Que souhaitez-vous savoir ?", "Avec plaisir ! Souhaitez-vous savoir autre chose ?", "D'accord. Que souhaitez-vous savoir ?", "Je ne suis pas sûr d'avoir compris. S'agit-il de l'un de ces sujets ? Répondez par le numéro.", "Source"),
        ["de"] = new("Hallo! Ich bin {0}. Was möchten Sie wissen?", "Gern geschehen! Möchten Sie noch etwas wissen?", "In Ordnung. Was möchten Sie wissen?", "Ich bin nicht sicher, ob ich Sie verstanden habe. Geht es um eines davon? Antworten Sie mit der Nummer.", "Quelle"),
        ["pt"] = new("Olá! Eu sou {0}. O que gostaria de saber?", "De nada! Gostaria de saber mais alguma coisa?", "Certo. O que gostaria de saber?", "Não tenho certeza de ter entendido. É sobre um destes temas? Responda com o número.", "Fonte"),
        ["it"] = new("Ciao! Sono {0}. Che cosa vuole sapere?", "Prego! Vuole sapere altro?", "Va bene. Che cosa vuole sapere?", "Non sono sicuro di aver capito. Riguarda uno di questi temi? Risponda con il numero.", "Fonte"),
        ["ar"] = new("مرحبًا! أنا {0}. ماذا تود أن تعرف؟", "على الرحب والسعة! هل تود معرفة شيء آخر؟", "حسنًا. ماذا تود أن تعرف؟", "لست متأكدًا من أنني فهمت. هل يتعلق سؤالك بأحد هذه المواضيع؟ أجب بالرقم.", "المصدر"),
        ["hi"] = new("नमस्ते! मैं {0} हूँ। आप क्या जानना चाहेंगे?", "आपका स्वागत है! क्या आप कुछ और जानना चाहेंगे?", "ठीक है। आप क्या जानना चाहेंगे?", "मैं ठीक से समझ नहीं पाया। क्या यह इनमें से किसी के बारे में है? संख्या लिखकर उत्तर दें।", "स्रोत"),
    };

    public static Sentences For(string language) => ByLanguage.GetValueOrDefault(language, ByLanguage["en"]);

    /// <summary>True when the text holds the sentence that stands above a list of topics.</summary>
    public static bool IsLead(string text) => ByLanguage.Values.Any(s => text.Contains(s.Topics, StringComparison.Ordinal));

    internal sealed record Sentences(string Greeting, string Thanks, string Assent, string Topics, string Source);
}
