namespace AiBotKit.Conversations.Leads;

/// <summary>
/// What a lead form says in its own words, in the customer's language (English when it is not among these). The owner's own texts win.
/// {0} is what the sentence speaks of.
/// </summary>
internal static class LeadTexts
{
    private static readonly Dictionary<string, Sentences> ByLanguage = new(StringComparer.Ordinal)
    {
        ["en"] = new(
            "We need your details to help you better.", "What is your name?", "What is your e-mail address?", "What is your phone number?", "Please tell us: {0}",
            "Shall we use the number {0} and the name {1}? Reply yes, or send other ones.", "Shall we use the number {0}? Reply yes, or send another one.", "Shall we use the name {0}? Reply yes, or send another one.",
            "May we store your details to get back to you?", "Reply yes or no.",
            "I did not catch a name. What is your name? Write skip to leave it out.", "That does not look like an e-mail address. Please send it as name@example.com, or write skip.",
            "That does not look like a phone number. Please send it with its country code, or write skip.", "Please answer in a few words, or write skip.", "Please reply yes or no.", "Please reply yes, or send the right number or name.",
            "All right, we leave that out.", "No problem.", "No problem, we store nothing.", "Thank you, {0}! We have your details.", "Thank you! We have your details."),
        ["es"] = new(
            "Necesitamos sus datos para ayudarle mejor.", "¿Cómo se llama?", "¿Cuál es su correo electrónico?", "¿Cuál es su número de teléfono?", "Por favor, indíquenos: {0}",
            "¿Usamos el número {0} y el nombre {1}? Responda sí, o envíe otros.", "¿Usamos el número {0}? Responda sí, o envíe otro.", "¿Usamos el nombre {0}? Responda sí, o envíe otro.",
            "¿Podemos guardar sus datos para ponernos en contacto con usted?", "Responda sí o no.",
            "No he entendido el nombre. ¿Cómo se llama? Escriba omitir para dejarlo.", "Eso no parece un correo electrónico. Envíelo como nombre@example.com, o escriba omitir.",
            "Eso no parece un número de teléfono. Envíelo con el prefijo del país, o escriba omitir.", "Responda en pocas palabras, o escriba omitir.", "Por favor, responda sí o no.", "Por favor, responda sí, o envíe el número o el nombre correcto.",
            "De acuerdo, lo dejamos.", "No hay problema.", "No hay problema, no guardamos nada.", "¡Gracias, {0}! Tenemos sus datos.", "¡Gracias! Tenemos sus datos."),
        ["fr"] = new(
            "Nous avons besoin de vos coordonnées pour mieux vous aider.", "Quel est votre nom ?", "Quelle est votre adresse e-mail ?", "Quel est votre numéro de téléphone ?", "Dites-nous, s'il vous plaît : {0}",
            "Pouvons-nous utiliser le numéro {0} et le nom {1} ? Répondez oui, ou envoyez-en d'autres.", "Pouvons-nous utiliser le numéro {0} ? Répondez oui, ou envoyez-en un autre.", "Pouvons-nous utiliser le nom {0} ? Répondez oui, ou envoyez-en un autre.",
            "Pouvons-nous enregistrer vos coordonnées pour vous recontacter ?", "Répondez oui ou non.",
            "Je n'ai pas compris le nom. Quel est votre nom ? Écrivez passer pour l'omettre.", "Cela ne ressemble pas à une adresse e-mail. Envoyez-la comme nom@example.com, ou écrivez passer.",
            "Cela ne ressemble pas à un numéro de téléphone. Envoyez-le avec l'indicatif du pays, ou écrivez passer.", "Répondez en quelques mots, ou écrivez passer.", "Répondez oui ou non, s'il vous plaît.", "Répondez oui, ou envoyez le bon numéro ou le bon nom.",
            "D'accord, nous le laissons de côté.", "Pas de problème.", "Pas de problème, nous n'enregistrons rien.", "Merci, {0} ! Nous avons vos coordonnées.", "Merci ! Nous avons vos coordonnées."),
        ["de"] = new(
            "Damit wir Ihnen besser helfen können, brauchen wir Ihre Angaben.", "Wie heißen Sie?", "Wie lautet Ihre E-Mail-Adresse?", "Wie lautet Ihre Telefonnummer?", "Bitte sagen Sie uns: {0}",
            "Dürfen wir die Nummer {0} und den Namen {1} verwenden? Antworten Sie ja, oder senden Sie andere.", "Dürfen wir die Nummer {0} verwenden? Antworten Sie ja, oder senden Sie eine andere.", "Dürfen wir den Namen {0} verwenden? Antworten Sie ja, oder senden Sie einen anderen.",
            "Dürfen wir Ihre Angaben speichern, um uns bei Ihnen zu melden?", "Antworten Sie ja oder nein.",
            "Den Namen habe ich nicht verstanden. Wie heißen Sie? Schreiben Sie überspringen, um ihn auszulassen.", "Das sieht nicht nach einer E-Mail-Adresse aus. Bitte senden Sie sie wie name@example.com, oder schreiben Sie überspringen.",
            "Das sieht nicht nach einer Telefonnummer aus. Bitte senden Sie sie mit Ländervorwahl, oder schreiben Sie überspringen.", "Bitte antworten Sie mit wenigen Worten, oder schreiben Sie überspringen.", "Bitte antworten Sie ja oder nein.", "Bitte antworten Sie ja, oder senden Sie die richtige Nummer oder den richtigen Namen.",
            "In Ordnung, das lassen wir aus.", "Kein Problem.", "Kein Problem, wir speichern nichts.", "Vielen Dank, {0}! Wir haben Ihre Angaben.", "Vielen Dank! Wir haben Ihre Angaben."),
        ["pt"] = new(
            "Precisamos dos seus dados para o ajudar melhor.", "Qual é o seu nome?", "Qual é o seu e-mail?", "Qual é o seu número de telefone?", "Por favor, diga-nos: {0}",
            "Podemos usar o número {0} e o nome {1}? Responda sim, ou envie outros.", "Podemos usar o número {0}? Responda sim, ou envie outro.", "Podemos usar o nome {0}? Responda sim, ou envie outro.",
            "Podemos guardar os seus dados para entrar em contacto consigo?", "Responda sim ou não.",
            "Não percebi o nome. Qual é o seu nome? Escreva pular para o deixar de fora.", "Isso não parece um e-mail. Envie-o como nome@example.com, ou escreva pular.",
            "Isso não parece um número de telefone. Envie-o com o código do país, ou escreva pular.", "Responda em poucas palavras, ou escreva pular.", "Por favor, responda sim ou não.", "Por favor, responda sim, ou envie o número ou o nome certo.",
            "Está bem, deixamos isso de fora.", "Sem problema.", "Sem problema, não guardamos nada.", "Obrigado, {0}! Temos os seus dados.", "Obrigado! Temos os seus dados."),
        ["it"] = new(
            "Abbiamo bisogno dei suoi dati per aiutarla meglio.", "Come si chiama?", "Qual è il suo indirizzo e-mail?", "Qual è il suo numero di telefono?", "Per favore, ci dica: {0}",
            "Possiamo usare il numero {0} e il nome {1}? Risponda sì, oppure ne invii altri.", "Possiamo usare il numero {0}? Risponda sì, oppure ne invii un altro.", "Possiamo usare il nome {0}? Risponda sì, oppure ne invii un altro.",
            "Possiamo salvare i suoi dati per ricontattarla?", "Risponda sì o no.",
            "Non ho capito il nome. Come si chiama? Scriva salta per ometterlo.", "Non sembra un indirizzo e-mail. Lo invii come nome@example.com, oppure scriva salta.",
            "Non sembra un numero di telefono. Lo invii con il prefisso del paese, oppure scriva salta.", "Risponda in poche parole, oppure scriva salta.", "Per favore, risponda sì o no.", "Per favore, risponda sì, oppure invii il numero o il nome giusto.",
            "Va bene, lo lasciamo.", "Nessun problema.", "Nessun problema, non salviamo nulla.", "Grazie, {0}! Abbiamo i suoi dati.", "Grazie! Abbiamo i suoi dati."),
        ["ar"] = new(
            "نحتاج إلى بياناتك لنساعدك بشكل أفضل.", "ما اسمك؟", "ما بريدك الإلكتروني؟", "ما رقم هاتفك؟", "من فضلك أخبرنا: {0}",
            "هل نستخدم الرقم {0} والاسم {1}؟ أجب بنعم، أو أرسل غيرهما.", "هل نستخدم الرقم {0}؟ أجب بنعم، أو أرسل رقمًا آخر.", "هل نستخدم الاسم {0}؟ أجب بنعم، أو أرسل اسمًا آخر.",
            "هل يمكننا حفظ بياناتك للتواصل معك؟", "أجب بنعم أو لا.",
            "لم أفهم الاسم. ما اسمك؟ اكتب تخطي لتجاوزه.", "لا يبدو هذا بريدًا إلكترونيًا. أرسله مثل name@example.com، أو اكتب تخطي.",
            "لا يبدو هذا رقم هاتف. أرسله مع رمز البلد، أو اكتب تخطي.", "أجب بكلمات قليلة، أو اكتب تخطي.", "من فضلك أجب بنعم أو لا.", "من فضلك أجب بنعم، أو أرسل الرقم أو الاسم الصحيح.",
            "حسنًا، نتجاوز ذلك.", "لا مشكلة.", "لا مشكلة، لن نحفظ شيئًا.", "شكرًا لك يا {0}! لدينا بياناتك.", "شكرًا لك! لدينا بياناتك."),
        ["hi"] = new(
            "आपकी बेहतर मदद के लिए हमें आपकी जानकारी चाहिए।", "आपका नाम क्या है?", "आपका ईमेल पता क्या है?", "आपका फ़ोन नंबर क्या है?", "कृपया बताएँ: {0}",
            "क्या हम नंबर {0} और नाम {1} का उपयोग करें? हाँ लिखें, या दूसरे भेजें।", "क्या हम नंबर {0} का उपयोग करें? हाँ लिखें, या दूसरा भेजें।", "क्या हम नाम {0} का उपयोग करें? हाँ लिखें, या दूसरा भेजें।",
            "क्या हम आपसे संपर्क करने के लिए आपकी जानकारी सहेज सकते हैं?", "हाँ या नहीं लिखें।",
            "नाम समझ में नहीं आया। आपका नाम क्या है? छोड़ने के लिए छोड़ें लिखें।", "यह ईमेल पता नहीं लगता। कृपया name@example.com की तरह भेजें, या छोड़ें लिखें।",
            "यह फ़ोन नंबर नहीं लगता। कृपया देश कोड के साथ भेजें, या छोड़ें लिखें।", "कृपया कुछ शब्दों में उत्तर दें, या छोड़ें लिखें।", "कृपया हाँ या नहीं लिखें।", "कृपया हाँ लिखें, या सही नंबर या नाम भेजें।",
            "ठीक है, इसे छोड़ देते हैं।", "कोई बात नहीं।", "कोई बात नहीं, हम कुछ नहीं सहेजते।", "धन्यवाद, {0}! आपकी जानकारी मिल गई।", "धन्यवाद! आपकी जानकारी मिल गई।"),
    };

    public static IEnumerable<string> Languages => ByLanguage.Keys;

    /// <summary>True when there are sentences in it.</summary>
    public static bool Knows(string? language) => language is not null && ByLanguage.ContainsKey(language);

    public static Sentences For(string language) => ByLanguage.GetValueOrDefault(language, ByLanguage["en"]);

    internal sealed record Sentences(
        string Heading, string AskName, string AskEmail, string AskPhone, string AskOwn, string ConfirmBoth, string ConfirmPhone, string ConfirmName, string Consent, string YesOrNo,
        string NoName, string NoEmail, string NoPhone, string NoOwn, string NoYesOrNo, string NoConfirm, string LeftOut, string NoProblem, string NothingStored, string DoneWithName, string Done);
}
