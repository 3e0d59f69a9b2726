using System.Collections.Frozen;
using System.Globalization;

namespace AiBotKit.Conversations.Handover;

/// <summary>What a customer is told, once, when a person is called: what happens next, and when people are there (English when the language is not among these).</summary>
internal static class HandoverTexts
{
    public const string DefaultTakeover = "You are now writing with {name}.";

    public const string DefaultHandback = "Our AI assistant answers here again.";

    private static readonly FrozenDictionary<string, Sentences> ByLanguage = new Dictionary<string, Sentences>(StringComparer.Ordinal)
    {
        ["en"] = new("I am passing this on to a person of our team. They can read what we wrote and will answer you here.", "Our team is here right now.", "Our team is here again {0} at {1}.", "today", "tomorrow", ["on Sunday", "on Monday", "on Tuesday", "on Wednesday", "on Thursday", "on Friday", "on Saturday"]),
        ["es"] = new("Le paso con una persona de nuestro equipo. Puede leer lo que hemos escrito y le responderá aquí.", "Nuestro equipo está disponible ahora.", "Nuestro equipo vuelve a estar disponible {0} a las {1}.", "hoy", "mañana", ["el domingo", "el lunes", "el martes", "el miércoles", "el jueves", "el viernes", "el sábado"]),
        ["fr"] = new("Je transmets à une personne de notre équipe. Elle peut lire notre échange et vous répondra ici.", "Notre équipe est là en ce moment.", "Notre équipe est de retour {0} à {1}.", "aujourd'hui", "demain", ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"]),
        ["de"] = new("Ich gebe das an einen Menschen aus unserem Team weiter. Er kann alles lesen und antwortet Ihnen hier.", "Unser Team ist gerade da.", "Unser Team ist {0} um {1} Uhr wieder da.", "heute", "morgen", ["am Sonntag", "am Montag", "am Dienstag", "am Mittwoch", "am Donnerstag", "am Freitag", "am Samstag"]),
        ["pt"] = new("Vou passar para uma pessoa da nossa equipe. Ela pode ler o que escrevemos e vai responder aqui.", "Nossa equipe está disponível agora.", "Nossa equipe volta {0} às {1}.", "hoje", "amanhã", ["no domingo", "na segunda-feira", "na terça-feira", "na quarta-feira", "na quinta-feira", "na sexta-feira", "no sábado"]),
        ["it"] = new("Passo la richiesta a una persona del nostro team. Può leggere quanto scritto e Le risponderà qui.", "Il nostro team è disponibile adesso.", "Il nostro team torna {0} alle {1}.", "oggi", "domani", ["domenica", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"]),
        ["ar"] = new("سأحوّل محادثتك إلى شخص من فريقنا. يمكنه قراءة ما كتبناه وسيجيبك هنا.", "فريقنا متاح الآن.", "يعود فريقنا {0} الساعة {1}.", "اليوم", "غدًا", ["يوم الأحد", "يوم الاثنين", "يوم الثلاثاء", "يوم الأربعاء", "يوم الخميس", "يوم الجمعة", "يوم السبت"]),
        ["hi"] = new("मैं यह बात हमारी टीम के किसी व्यक्ति तक पहुँचा रहा हूँ। वे हमारी बातचीत पढ़ सकते हैं और यहीं उत्तर देंगे।", "हमारी टीम अभी उपलब्ध है।", "हमारी टीम {0} {1} बजे फिर उपलब्ध होगी।", "आज", "कल", ["रविवार को", "सोमवार को", "मंगलवार को", "बुधवार को", "गुरुवार को", "शुक्रवार को", "शनिवार को"]),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The whole message.</summary>
    /// <param name="own">The owner's words instead of ours; empty = ours.</param>
    /// <param name="hours">Without spans nothing is said of when people are there: nothing is known.</param>
    /// <param name="local">Now, in the time of the business.</param>
    public static string Told(string own, string language, OpeningHours hours, DateTime local)
    {
        var words = ByLanguage.GetValueOrDefault(language, ByLanguage["en"]);
        var next = own.Length > 0 ? own : words.Next;
        return hours.Spans.Count == 0 ? next
            : hours.IsOpen(local) ? $"{next} {words.Here}"
            : $"{next} {Back(words, hours.NextOpening(local)!.Value, local)}";
    }

    private static string Back(Sentences words, DateTime opens, DateTime local)
    {
        var day = (opens.Date - local.Date).Days switch { 0 => words.Today, 1 => words.Tomorrow, _ => words.Days[(int)opens.DayOfWeek] };
        return string.Format(CultureInfo.InvariantCulture, words.Back, day, opens.ToString("HH:mm", CultureInfo.InvariantCulture));
    }

    private sealed record Sentences(string Next, string Here, string Back, string Today, string Tomorrow, string[] Days);
}
