using AiBotKit.Knowledge.Embedding;
using AiBotKit.Knowledge.Ranking;

namespace AiBotKit.Bench;

/// <summary>Text of a shop that does not exist: common English words, and product names by a power law, so that some words are everywhere and most are rare.</summary>
internal sealed class MadeUpShop
{
    private const int Names = 20_000;

    private static readonly string[] Common =
        "the a and of to in for with is are you we it can our your this that will from on at by or as be not all have more when which price delivery order shop size colour material cotton steel wood small large new days week return refund payment card cash customer service open closed morning evening city country warranty repair box gift red blue green black white kitchen garden office summer winter easy clean water machine battery charge light weight length strong soft warm cold free cost available online store number form address email phone"
            .Split(' ');

    private readonly Random _random;
    private readonly string[] _names = new string[Names];

    public MadeUpShop(int seed)
    {
#pragma warning disable CA5394 // The same shop in every run.
        _random = new Random(seed);
        string[] syllables = ["ba", "der", "lo", "min", "ka", "tor", "vel", "sun", "ri", "pon", "gra", "fi", "mel", "o", "cha", "nex", "ul", "ta", "bri", "quo"];
        for (var i = 0; i < Names; i++)
        {
            _names[i] = string.Concat(Enumerable.Range(0, 3 + (i % 2)).Select(_ => syllables[_random.Next(syllables.Length)]));
        }
    }

    /// <summary>About 60 words, the size of a paragraph.</summary>
    public string Text() => string.Join(' ', Enumerable.Range(0, 60).Select(i => i % 3 == 2 ? Name() : Common[_random.Next(Common.Length)])) + ".";

    /// <summary>A message of four to twenty words.</summary>
    public string Line() => string.Join(' ', Enumerable.Range(0, _random.Next(4, 21)).Select(i => i % 3 == 2 ? Name() : Common[_random.Next(Common.Length)]));

    /// <summary>As a customer asks; one in four with a letter too many.</summary>
    public string Question() => $"How much does the {Name()} {Name()}{(_random.Next(4) == 0 ? "e" : "")} cost and when can you deliver it to my {Common[_random.Next(Common.Length)]} address?";

    /// <summary>A random unit vector for the whole chunk and two for its windows.</summary>
    public sbyte[] Vectors()
    {
        var bytes = new List<sbyte>();
        for (var v = 0; v < 3; v++)
        {
            var vector = new float[SentenceEmbedder.Dimension];
            for (var i = 0; i < vector.Length; i++)
            {
                vector[i] = (_random.NextSingle() - 0.5f) * 0.17f;
            }

            bytes.AddRange(VectorBytes.Of(vector));
        }

        return [.. bytes];
    }

    private string Name() => _names[(int)(Names * Math.Pow(_random.NextDouble(), 3))];
#pragma warning restore CA5394
}
