namespace AiBotKit.Knowledge.Language;

/// <summary>
/// Lower-case letters with diacritics and the letter a person without that keyboard types instead (Unicode compatibility decomposition
/// without marks; generated). A table of our own because the process runs with invariant globalization, where normalisation does nothing.
/// </summary>
internal static class FoldTable
{
    private const string From =
        "àáâãäåçèéêëìíîïðñòóôõöøùúûüýÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįıĵķĺļľŀłńņňŉŋōŏőŕŗřśŝşšţťŧũūŭůűųŵŷźżžſƒơưǎǐǒǔǖǘǚǜǝǟǡǧǩǫǭǯ" +
        "ǰǵǹǻǿȁȃȅȇȉȋȍȏȑȓȕȗșțȟȧȩȫȭȯȱȳəʹͺΐάέήίΰςϊϋόύώϐϑϒϓϔϕϖϰϱϲϵѐёѓќѝўѷӂӑӓӗӛӝӟӣӥӧӫӭӯӱӳӵӹḁḃḅḇḉḋḍḏḑḓḕḗḙḛḝḟḡḣḥḧḩḫḭḯḱḳḵḷḹḻḽḿṁ" +
        "ṃṅṇṉṋṍṏṑṓṕṗṙṛṝṟṡṣṥṧṩṫṭṯṱṳṵṷṹṻṽṿẁẃẅẇẉẋẍẏẑẓẕẖẗẘẙẛạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹἀἁἂἃἄἅἆἇἐἑἒἓἔἕἠἡἢἣ" +
        "ἤἥἦἧἰἱἲἳἴἵἶἷὀὁὂὃὄὅὐὑὒὓὔὕὖὗὠὡὢὣὤὥὦὧὰάὲέὴήὶίὸόὺύὼώᾀᾁᾂᾃᾄᾅᾆᾇᾐᾑᾒᾓᾔᾕᾖᾗᾠᾡᾢᾣᾤᾥᾦᾧᾰᾱᾲᾳᾴᾶᾷιῂῃῄῆῇῐῑῒΐῖῗῠῡῢΰῤῥῦῧῲῳῴῶῷ";

    private const string To =
        "aaaaaaceeeeiiiidnoooooouuuuyyaaaccccddeeeeegggghhiiiiijklllllnnnnnooorrrsssstttuuuuuuwyzzzsfouaiouuuuueaagkooʒ" +
        "jgnaoaaeeiioorruusthaeooooyeʹ ιαεηιυσιυουωβθυυυφπκρσεеегкиуѵжааеәжзииоөэууучыabbbcdddddeeeeefghhhhhiikkkllllmm" +
        "mnnnnoooopprrrrsssssttttuuuuuvvwwwwwxxyzzzhtwysaaaaaaaaaaaaeeeeeeeeiioooooooooooouuuuuuuyyyyααααααααεεεεεεηηηη" +
        "ηηηηιιιιιιιιοοοοοουυυυυυυυωωωωωωωωααεεηηιιοουυωωααααααααηηηηηηηηωωωωωωωωαααααααιηηηηηιιιιιιυυυυρρυυωωωωω";

    private const string HalfWidthKatakana = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

    private static readonly char[] Folded = Build();

    /// <summary>The folded letter; <paramref name="letter"/> itself when there is nothing to fold.</summary>
    public static char Fold(char letter) => letter switch
    {
        < '\u0080' => letter,
        < '\u2000' => Folded[letter],
        >= '\uFF01' and <= '\uFF5E' => char.ToLowerInvariant((char)(letter - 0xFEE0)),
        >= '\uFF66' and <= '\uFF9D' => HalfWidthKatakana[letter - 0xFF66],
        _ => letter,
    };

    /// <summary>Two letters for the few that become two; null for all others.</summary>
    public static string? FoldToTwo(char letter) => letter switch
    {
        'ß' => "ss",
        'æ' or 'ǽ' or 'ǣ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ĳ' => "ij",
        _ => null,
    };

    private static char[] Build()
    {
        var table = new char[0x2000];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = (char)i;
        }

        for (var i = 0; i < From.Length; i++)
        {
            table[From[i]] = To[i];
        }

        return table;
    }
}
