using System.Collections.Frozen;

namespace AiBotKit.Conversations;

/// <summary>
/// Small Latin letters without their accents, as the index of the search has them (<c>remove_diacritics 2</c>). From a table: without ICU the runtime decomposes nothing.
/// </summary>
internal static class Unaccented
{
    private const string Letters =
        "àáâãäåçèéêëìíîïñòóôõöùúûüýÿāăąćĉċčďēĕėęěĝğġģĥĩīĭįĵķĺļľńņňōŏőŕŗřśŝşšţťũūŭůűųŵŷźżžơưǎǐǒǔǖǘǚǜǟǡǧǩǫǭǰǵǹǻȁȃȅȇȉȋȍȏȑȓȕȗșțȟȧȩȫȭȯ"
        + "ȱȳḁḃḅḇḉḋḍḏḑḓḕḗḙḛḝḟḡḣḥḧḩḫḭḯḱḳḵḷḹḻḽḿṁṃṅṇṉṋṍṏṑṓṕṗṙṛṝṟṡṣṥṧṩṫṭṯṱṳṵṷṹṻṽṿẁẃẅẇẉẋẍẏẑẓẕẖẗẘẙạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừử"
        + "ữựỳỵỷỹ";

    private const string Bare =
        "aaaaaaceeeeiiiinooooouuuuyyaaaccccdeeeeegggghiiiijklllnnnooorrrssssttuuuuuuwyzzzouaiouuuuuaagkoojgnaaaeeiioorruusthaeooo"
        + "oyabbbcdddddeeeeefghhhhhiikkkllllmmmnnnnoooopprrrrsssssttttuuuuuvvwwwwwxxyzzzhtwyaaaaaaaaaaaaeeeeeeeeiioooooooooooouuuuu"
        + "uuyyyy";

    private static readonly FrozenDictionary<char, char> Pairs = Letters.Zip(Bare).ToFrozenDictionary(pair => pair.First, pair => pair.Second);

    /// <summary>The letter without its accents; any other character as it is.</summary>
    /// <param name="letter">In lower case.</param>
    public static char Of(char letter) => letter < 'ß' ? letter : Pairs.GetValueOrDefault(letter, letter);
}
