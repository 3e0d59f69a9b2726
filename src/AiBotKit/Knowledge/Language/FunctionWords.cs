using System.Collections.Frozen;

namespace AiBotKit.Knowledge.Language;

/// <summary>
/// Words that say how something is asked rather than what is asked. They never leave the index: they only count for little,
/// which matters when a knowledge base is too small to show by itself which words are common.
/// </summary>
internal static class FunctionWords
{
    private static readonly FrozenDictionary<string, FrozenSet<string>> ByLanguage = new Dictionary<string, string>
    {
        ["en"] = "a an the and or but if of to in on at by for from with about as into is are was were be been am do does did done can could will would shall should may might must have has had i you he she it we they me my your yours his her its our their us them this that these those there here what which who whom whose when where why how much many any some no not yes please hi hello hey ok okay thanks thank want need get got tell know let just also like so than then too very im ive id dont doesnt isnt cant youre whats u ur possible take takes something anything someone anyone",
        ["es"] = "el la los las un una unos unas y e o u pero si de del a al en con por para sin sobre como que cual cuales quien quienes cuando cuanto cuanta cuantos cuantas donde es son soy eres somos esta estan estoy estas ser estar fue fueron era eran hay ha han he has haber hacer hace hacen tiene tienen tengo tienes tener puede pueden puedo puedes poder quiero quiere quisiera necesito me te se nos les lo le mi mis tu tus su sus ustedes usted yo ella ellos no ni ya muy mas tambien este esta estos estas ese esa eso esto hola buenas buenos dias gracias favor",
        ["pt"] = "o a os as um uma uns umas e ou mas se de do da dos das em no na nos nas com por para pelo pela sem sobre como que qual quais quem quando quanto quanta quantos quantas onde e sao sou estou esta estao ser estar foi foram era eram ha tem tenho ter pode podem posso poder quero queria preciso me te se nos lhe voce voces eu ele ela eles meu minha seu sua seus suas nao sim ja muito mais tambem isso isto este esta esse essa ola oi bom dia obrigado obrigada favor",
        ["fr"] = "le la les un une des du de d l et ou mais si a au aux en dans avec par pour sans sur comme que qu qui quoi quel quelle quels quelles quand combien ou comment pourquoi est sont suis es etre etait c ce cet cette ces il elle ils elles on nous vous je tu me te se mon ma mes ton ta tes son sa ses notre votre vos leur y ne pas non oui ai as avez avons ont avoir peut peux pouvez puis je veux voudrais fait faire faut plus tres aussi t s m j n bonjour salut merci plait",
        ["de"] = "der die das den dem des ein eine einen einem einer eines und oder aber wenn ob von vom zu zum zur in im an am auf bei mit fur fuer nach aus uber ueber um durch ohne als wie was wer wen wem wo wann warum wieso welche welcher welches wieviel viel viele ist sind bin bist seid war waren sein wird werden werde wurde haben habe hat hatte kann konnen koennen konnte darf muss mussen soll will wollen mochte moechte ich du er sie es wir ihr mich mir dich dir sich uns euch mein meine dein deine ihre unser nicht kein keine ja nein auch noch nur schon sehr man gibt hallo guten tag danke bitte",
        ["it"] = "il lo la i gli le un uno una e o ma se di del della dei delle dello a al alla ai alle da dal dalla in nel nella con su sul sulla per tra fra come che chi cosa quale quali quando quanto quanta quanti quante dove perche e sono sei siamo essere era c ci ha ho hai hanno avere puo posso possono potete vorrei voglio fare mi ti si vi lo mio mia tuo tua suo sua vostro non piu anche molto questo questa ciao buongiorno grazie favore",
        ["nl"] = "de het een en of maar als van voor naar in op aan bij met uit over om door zonder wat wie waar wanneer waarom hoe hoeveel welke is zijn ben was waren worden wordt heb heeft hebben had kan kunnen kun mag moet wil willen ik je jij u hij zij ze we wij jullie mijn uw ons niet geen ja nee ook nog er dit dat deze die hallo bedankt",
        ["ru"] = "и в во не на я с со он она они как а то все но да ты к у же вы за бы по из от для о об что кто где когда почему сколько какой какая какие какое ли есть быть был была было это этот эта мне меня мой у вас ваш можно могу мы нам до или если привет здравствуйте спасибо пожалуйста",
        ["tr"] = "bir ve veya ama ile icin de da mi mu ne nasil nerede nereye kim hangi kac ne kadar zaman var yok bu su o ben sen biz siz benim sizin degil evet hayir cok daha gibi olan olarak mi misiniz merhaba tesekkurler lutfen",
        ["pl"] = "i w z na do nie sie jest sa to ze a o od po przy dla za jak co kto gdzie kiedy ile czy jaki jaka jakie moge mozna mam ma macie ja ty my wy moj ten ta te tak oraz lub dzien dobry czesc dziekuje prosze",
        ["vi"] = "la co khong cua va cho toi ban duoc thi o tai nhu the nao gi bao nhieu khi mot cac nhung nay do voi trong ve den tu den hay xin chao cam on",
        ["id"] = "yang dan di ke dari untuk dengan pada adalah ini itu apa siapa kapan dimana mana bagaimana berapa apakah saya anda kami kita bisa dapat ada tidak ya juga atau halo terima kasih",
        ["ar"] = "في من على الى عن مع ما ماذا هل كم كيف متى اين لماذا من هو هي هم انا انت نحن هذا هذه ذلك التي الذي كان كانت يكون او و لا نعم قد كل اي عند لدي لديكم يمكن يمكنني مرحبا شكرا",
        ["hi"] = "का के की को में से पर और है हैं था थी थे हो क्या कौन कब कहां कहाँ क्यों कैसे कितना कितने कितनी किस किसने यह वह ये वे मैं हम आप मेरा मेरे आपका आपके ने भी नहीं हां तो एक कर करना सकते सकता लिए नमस्ते धन्यवाद",
    }.ToFrozenDictionary(
        pair => pair.Key,
        pair => pair.Value.Split(' ').Select(word => TextFolding.Fold(word)).ToFrozenSet(StringComparer.Ordinal),
        StringComparer.Ordinal);

    /// <summary>True when <paramref name="folded"/> is a function word of the language.</summary>
    public static bool Contains(string language, string folded) =>
        ByLanguage.TryGetValue(language, out var words)
        // Arabic writes "and" on the next word.
        && (words.Contains(folded) || (language == "ar" && folded.Length > 2 && folded[0] == 'و' && words.Contains(folded[1..])));

    /// <summary>True when there is a list for the language.</summary>
    public static bool Knows(string language) => ByLanguage.ContainsKey(language);
}
