using Millrace.Operators.Functions;
using Millrace.Shared.Errors;
using Xunit;
using static Millrace.Operators.Tests.Functions.FunctionCall;

namespace Millrace.Operators.Tests.Functions;

/// <summary>The expectations are what Apache Flink 2.3 gives.</summary>
public class StringFunctionTests
{
    [Theory]
    [InlineData("UPPER", "straße", "STRASSE")]
    [InlineData("UPPER", "ﬁn ŉ ǆ", "FIN ʼN Ǆ")]
    [InlineData("UPPER", "ß𐐨", "SS𐐀")]
    [InlineData("LOWER", "ΟΔΟΣ ΣΑΣ", "οδος σας")]
    [InlineData("LOWER", "İΣΑΣ. ΑΣ ΣΑ", "i̇σας. ας σα")]
    [InlineData("LOWER", "Order-77 aZ", "order-77 az")]
    [InlineData("INITCAP", "Hello wORLD foo-bar_9z é ñandú", "Hello World Foo-Bar_9z é ñAndú")]
    [InlineData("REVERSE", "a😀b", "b😀a")]
    [InlineData("TRIM", "  x ", "x")]
    [InlineData("LTRIM", " x ", "x ")]
    [InlineData("RTRIM", " x ", " x")]
    [InlineData("BTRIM", "\tx ", "\tx")]
    [InlineData("URL_ENCODE", "a b&c=é/*~", "a+b%26c%3D%C3%A9%2F*%7E")]
    [InlineData("URL_DECODE", "a+b%26c%3D%C3%A9%2F*%7E", "a b&c=é/*~")]
    [InlineData("URL_DECODE", "a%2", "NULL")]
    [InlineData("URL_DECODE", "%E4%B8", "�")]
    [InlineData("TO_BASE64", "日本😀x", "5pel5pys8J+YgHg=")]
    [InlineData("FROM_BASE64", "YWJj", "abc")]
    [InlineData("FROM_BASE64", "YWI", "ab")]
    [InlineData("MD5", "abc", "900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("SHA1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d")]
    [InlineData("SHA224", "", "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f")]
    [InlineData("SHA224", "日本😀", "0eda78ca3556dba9b025c041fce0b68f3ac9bb462ed6eb82808b11c4")]
    [InlineData("CHAR_LENGTH", "x👨‍👩", "4")]
    [InlineData("ASCII", "日", "-26")]
    [InlineData("ASCII", "", "0")]
    public void A_function_of_one_text(string function, string text, string expected)
    {
        Assert.Equal(expected, Run(function, text));
        Assert.Equal("NULL", Run(function, (object?)null));
    }

    [Theory]
    [InlineData("flamingo", 0, null, "flamingo")]
    [InlineData("flamingo", 0, 3, "fla")]
    [InlineData("flamingo", 2, 0, "")]
    [InlineData("flamingo", 2, -1, "NULL")]
    [InlineData("flamingo", -3, null, "ngo")]
    [InlineData("flamingo", -3, 2, "ng")]
    [InlineData("flamingo", -20, 4, "")]
    [InlineData("flamingo", 3, 100, "amingo")]
    [InlineData("flamingo", 50, null, "")]
    [InlineData("日本語😀x", -3, 2, "語😀")]
    [InlineData("日本語😀x", 3, int.MaxValue, "語😀x")]
    public void Substring_counts_code_points(string text, int start, int? length, string expected) =>
        Assert.Equal(
            expected, length is { } n ? Run("SUBSTRING", text, start, n) : Run("SUBSTRING", text, start));

    [Theory]
    [InlineData("flamingo", "XYZ", 2, null, "fXYZingo")]
    [InlineData("flamingo", "XYZ", 2, 1, "fXYZamingo")]
    [InlineData("flamingo", "XYZ", 2, 0, "fXYZ")]
    [InlineData("flamingo", "XYZ", 2, 100, "fXYZ")]
    [InlineData("flamingo", "", 1, 2, "amingo")]
    [InlineData("flamingo", "XYZ", 0, null, "flamingo")]
    [InlineData("flamingo", "XYZ", 8, null, "flamingXYZ")]
    [InlineData("flamingo", "XYZ", 9, null, "flamingo")]
    [InlineData("a😀b😁", "##", 2, 2, "a##b😁")]
    public void Overlay_replaces_a_part(string text, string part, int start, int? length, string expected) =>
        Assert.Equal(expected,
            length is { } n ? Run("OVERLAY", text, part, start, n) : Run("OVERLAY", text, part, start));

    [Theory]
    [InlineData("hi", 5, "*-", "*-*hi", "hi*-*")]
    [InlineData("hi", 1, "*-", "h", "h")]
    [InlineData("hi", 0, "*-", "", "")]
    [InlineData("hi", -1, "*-", "NULL", "NULL")]
    [InlineData("hi", 5, "", "NULL", "NULL")]
    [InlineData("a😀", 5, "é😁", "é?a😀", "a😀é?")]
    public void Pads_on_both_sides(string text, int length, string pad, string left, string right)
    {
        Assert.Equal(left, Run("LPAD", text, length, pad));
        Assert.Equal(right, Run("RPAD", text, length, pad));
    }

    [Theory]
    [InlineData("banana", "an", 1, 2, 4)]
    [InlineData("banana", "ana", 1, 2, 4)]
    [InlineData("banana", "an", 3, 1, 4)]
    [InlineData("banana", "an", -1, 1, 4)]
    [InlineData("banana", "an", -1, 2, 2)]
    [InlineData("banana", "an", 0, 1, 0)]
    [InlineData("banana", "an", 1, 9, 0)]
    [InlineData("ananan", "an", -1, 1, 5)]
    [InlineData("ananan", "an", -1, 2, 3)]
    [InlineData("日本an😀an", "an", 4, 1, 6)]
    public void Instr_finds_the_nth_from_either_end(
        string text, string part, int start, int nth, int expected) =>
        Assert.Equal($"{expected}", Run("INSTR", text, part, start, nth));

    [Theory]
    [InlineData("o", "Hello", -1, "5")]
    [InlineData("an", "banana", 3, "4")]
    [InlineData("an", "banana", 50, "0")]
    [InlineData("", "abc", 3, "1")]
    [InlineData("an", "日本an", 1, "3")]
    public void Locate_counts_code_points(string part, string text, int start, string expected) =>
        Assert.Equal(expected, Run("LOCATE", part, text, start));

    [Theory]
    [InlineData("aaaaa", "aa", "b", "bba")]
    [InlineData("abc", "", "-", "-a-b-c-")]
    [InlineData("a$1", "$1", "\\0", "a\\0")]
    [InlineData("日本", "", "-", "-日-本-")]
    [InlineData("", "a", "x", "")]
    public void Replace_is_literal_and_does_not_overlap(
        string text, string part, string by, string expected) =>
        Assert.Equal(expected, Run("REPLACE", text, part, by));

    [Theory]
    [InlineData("a1b2", "([a-z])([0-9])", "$2$1", "$2$1$2$1")]
    [InlineData("abc", "", "-", "-a-b-c-")]
    [InlineData("abc", "[", "-", "NULL")]
    [InlineData("Aa", "(?i)a", "x", "xx")]
    [InlineData("x\ty  z", "\\s+", " ", "x y z")]
    [InlineData("a١b1", "\\d", "#", "a١b#")]
    [InlineData("a.b*", "\\Q.b*\\E", "", "a")]
    [InlineData("a-b!", "[\\p{Punct}]", "", "ab")]
    public void Regexp_replace_takes_its_replacement_literally(
        string text, string regex, string by, string expected) =>
        Assert.Equal(expected, Run("REGEXP_REPLACE", text, regex, by));

    [Theory]
    [InlineData("Hello wORLD", "([a-z]+) ([a-zA-Z]+)", 2, "wORLD")]
    [InlineData("100 200", "([0-9]+)", 5, "NULL")]
    [InlineData("100 200", "(", 1, "NULL")]
    [InlineData("abc", "", 0, "")]
    [InlineData("abc", "(x)?", 1, "NULL")]
    [InlineData("abc", "a", -1, "NULL")]
    [InlineData("u?channel_id=7&x", "(&|^)channel_id=([^&]*)", 2, "NULL")]
    [InlineData("u&channel_id=7&x", "(&|^)channel_id=([^&]*)", 2, "7")]
    public void Regexp_extract_gives_a_group(string text, string regex, int group, string expected) =>
        Assert.Equal(expected, Run("REGEXP_EXTRACT", text, regex, group));

    [Fact]
    public void The_other_functions_of_regular_expressions()
    {
        Assert.Equal("true", Run("REGEXP", "100 200", "[0-9]{3}"));
        Assert.Equal("false", Run("REGEXP", "100", ""));
        Assert.Equal("false", Run("REGEXP", "100", "("));
        Assert.Equal("6", Run("REGEXP_COUNT", "100 200 300", "0"));
        Assert.Equal("NULL", Run("REGEXP_COUNT", "100", "("));
        Assert.Equal("2", Run("REGEXP_INSTR", "Hello", "[aeiou]"));
        Assert.Equal("0", Run("REGEXP_INSTR", "xyz", "[aeiou]"));
        Assert.Equal("9", Run("REGEXP_SUBSTR", "foo 9z", "[0-9]+"));
        Assert.Equal("[0,0,0]", Run("REGEXP_EXTRACT_ALL", "100 200 300", "(\\d)(\\d)", 2L));
        Assert.Equal("[]", Run("REGEXP_EXTRACT_ALL", "", "(\\d)"));
    }

    [Theory]
    [InlineData("a.c", "a.c", true)]
    [InlineData("abc", "a.c", false)]
    [InlineData("a\\b", "a\\b", true)]
    [InlineData("", "", true)]
    [InlineData("a", "", false)]
    [InlineData("a|b", "a%b", true)]
    [InlineData("Hello wORLD foo", "%o__o%", false)]
    [InlineData("xoabox", "%o__o%", true)]
    [InlineData("日本😀x", "日_😀%", true)]
    [InlineData("日本😀x", "%日本_x", true)]
    [InlineData("", "%", true)]
    [InlineData("a\nb", "a_b", false)]
    [InlineData("a\nb", "a%b", true)]
    [InlineData("a\u2028b_", "a__%", false)]
    [InlineData("aXbXc", "a%X%c", true)]
    [InlineData("mississippi", "m%iss%ip_i", true)]
    public void Like_matches_the_whole_text(string text, string pattern, bool expected)
    {
        Assert.Equal(expected ? "true" : "false", Run("LIKE", text, pattern));
        Assert.Equal(expected ? "false" : "true", Run("NOT LIKE", text, pattern));
        Assert.Equal("NULL", Run("LIKE", text, null));
    }

    [Fact]
    public void An_escape_makes_a_wildcard_plain_and_stands_before_nothing_else()
    {
        Assert.Equal("true", Run("LIKE", "a%b", "a!%b", "!"));
        Assert.Equal("false", Run("LIKE", "axb", "a!%b", "!"));
        Assert.Equal("true", Run("LIKE", "a!b", "a!!b", "!"));
        var error = Assert.Throws<MillraceException>(() => Run("LIKE", "ab", "a!b", "!"));
        Assert.Equal(ErrorKind.Invalid, error.Kind);
    }

    [Theory]
    [InlineData("abab", "(ab|cd)+", true)]
    [InlineData("abcd", "[a-c]%", true)]
    [InlineData("xabab", "[^a-c]_%", true)]
    [InlineData("aa", "a{2}", true)]
    [InlineData("b-7", "%[[:digit:]]", true)]
    [InlineData("abab", "ab", false)]
    [InlineData("", "_?", true)]
    [InlineData("a.b", "a.b", true)]
    [InlineData("axb", "a.b", false)]
    [InlineData("😀", "_", true)]
    public void Similar_matches_the_whole_text(string text, string pattern, bool expected) =>
        Assert.Equal(expected ? "true" : "false", Run("SIMILAR TO", text, pattern));

    [Theory]
    [InlineData("a,b,,d", ",", 2, "")]
    [InlineData("a,b,,d", ",", 9, "NULL")]
    [InlineData("a,b", ",", -1, "NULL")]
    [InlineData("", ",", 0, "NULL")]
    [InlineData("x--y--z", "--", 1, "y")]
    [InlineData("---", "--", 1, "-")]
    [InlineData("solo", ",", 0, "solo")]
    public void Split_index_counts_from_zero(string text, string separator, int index, string expected) =>
        Assert.Equal(expected, Run("SPLIT_INDEX", text, separator, index));

    [Fact]
    public void Splitting_into_arrays_and_maps()
    {
        Assert.Equal("b", Run("SPLIT_INDEX", "a,b", 44, 1));
        Assert.Equal("[a,b,,c,]", Run("SPLIT", "a,b,,c,", ","));
        Assert.Equal("[n,é,中]", Run("SPLIT", "né中", ""));
        Assert.Equal("[]", Run("SPLIT", "", ","));
        Assert.Equal("{k1=b}", Run("STR_TO_MAP", "k1=a,k1=b"));
        Assert.Equal("{k1=NULL,k2=}", Run("STR_TO_MAP", "k1,k2="));
        Assert.Equal("{k1=7,k2=8,k3=9}", Run("STR_TO_MAP", "k1:7|k2:8;k3:9", "[|;]", ":"));
        Assert.Equal("{}", Run("STR_TO_MAP", ""));
    }

    [Fact]
    public void Joining_texts()
    {
        Assert.Equal("ab", Run("||", "a", "b"));
        Assert.Equal("NULL", Run("CONCAT", "a", null, "b"));
        Assert.Equal("a,b", Run("CONCAT_WS", ",", "a", null, "b"));
        Assert.Equal("", Run("CONCAT_WS", ",", null, null));
        Assert.Equal("NULL", Run("CONCAT_WS", [], null, "a"));
        Assert.Equal(",b", Run("CONCAT_WS", ",", "", "b"));
        Assert.Equal("b", Run("ELT", 2, "a", "b"));
        Assert.Equal("NULL", Run("ELT", 3, "a", "b"));
        Assert.Equal("hihi", Run("REPEAT", "hi", 2));
        Assert.Equal("", Run("REPEAT", "hi", -1));
        Assert.Throws<FunctionException>(() => Run("||", 1, "x"));
    }

    [Fact]
    public void A_result_without_end_is_refused()
    {
        var error = Assert.Throws<MillraceException>(() => Run("REPEAT", "0123456789", int.MaxValue));
        Assert.Equal(ErrorKind.Invalid, error.Kind);
    }

    [Theory]
    [InlineData("LEADING", "xyxfooyxx", "xy", "fooyxx")]
    [InlineData("TRAILING", "xyxfooyxx", "yx", "xyxfoo")]
    [InlineData("BOTH", "xyxfooyxx", "x", "yxfooy")]
    [InlineData("BOTH", "éxé", "é", "x")]
    public void Trim_takes_a_set_of_characters(string side, string text, string set, string expected) =>
        Assert.Equal(expected, Run("TRIM", [side], text, set));

    [Theory]
    [InlineData("HOST", "Example.com")]
    [InlineData("PATH", "/a/b.html")]
    [InlineData("QUERY", "x=1&y=%20")]
    [InlineData("REF", "frag")]
    [InlineData("PROTOCOL", "https")]
    [InlineData("FILE", "/a/b.html?x=1&y=%20")]
    [InlineData("AUTHORITY", "bob:pw@Example.com:8080")]
    [InlineData("USERINFO", "bob:pw")]
    [InlineData("host", "NULL")]
    public void A_part_of_a_url(string part, string expected)
    {
        Assert.Equal(
            expected, Run("PARSE_URL", "https://bob:pw@Example.com:8080/a/b.html?x=1&y=%20#frag", part));
        Assert.Equal("NULL", Run("PARSE_URL", "not a url", part));
    }

    [Theory]
    [InlineData("http://h/p?a=1&ab=2&a=9", "a", "1")]
    [InlineData("http://h/p?xa=1", "a", "NULL")]
    [InlineData("http://h/p?a=&b", "a", "")]
    [InlineData("http://h/p?a=&b", "b", "NULL")]
    [InlineData("http://h/p?b=1=2", "b", "1=2")]
    public void A_value_of_a_query(string url, string key, string expected) =>
        Assert.Equal(expected, Run("PARSE_URL", url, "QUERY", key));

    [Theory]
    [InlineData("日", "UTF-8", "E697A5")]
    [InlineData("😀", "UTF-16BE", "D83DDE00")]
    [InlineData("😀", "UTF-16LE", "3DD800DE")]
    [InlineData("é", "UTF-16", "FEFF00E9")]
    [InlineData("é", "ISO-8859-1", "E9")]
    [InlineData("😀", "ISO-8859-1", "3F")]
    [InlineData("é😀", "US-ASCII", "3F3F")]
    [InlineData("", "UTF-16", "")]
    public void Encoding_a_text(string text, string characterSet, string hex) =>
        Assert.Equal(hex, Run("ENCODE", text, characterSet));

    [Fact]
    public void Decoding_bytes()
    {
        Assert.Equal("æ\u0097¥", Run("DECODE", "日"u8.ToArray(), "ISO-8859-1"));
        Assert.Equal("é", Run("DECODE", new byte[] { 0xFF, 0xFE, 0xE9, 0x00 }, "UTF-16"));
        Assert.Throws<MillraceException>(() => Run("ENCODE", "a", "EBCDIC"));
    }

    [Fact]
    public void Characters_by_number_and_translation()
    {
        Assert.Equal("#", Run("CHR", 291L));
        Assert.Equal("", Run("CHR", -1L));
        Assert.Equal("Â", Run("CHR", 194L));
        Assert.Equal("HeLL wORLD f", Run("TRANSLATE", "Hello wORLD foo", "lo日", "L"));
    }

    [Fact]
    public void Lengths_go_into_types()
    {
        Assert.Equal("STRING", TypeOf("UPPER", "a").ToString());
        var text = ("abc", Shared.Types.LogicalType.Char(3).NotNull());
        var varying = ("abc", Shared.Types.LogicalType.VarChar(5));
        Assert.Equal("CHAR(3) NOT NULL", TypeOf("UPPER", text).ToString());
        Assert.Equal("VARCHAR(3)", TypeOf("SUBSTRING", text, 1).ToString());
        Assert.Equal("VARCHAR(3) NOT NULL", TypeOf("TRIM", text).ToString());
        Assert.Equal("CHAR(6) NOT NULL", TypeOf("||", text, text).ToString());
        Assert.Equal("VARCHAR(8)", TypeOf("||", text, varying).ToString());
        Assert.Equal("STRING NOT NULL", TypeOf("CONCAT", text, text).ToString());
        Assert.Equal("STRING", TypeOf("REVERSE", text).ToString());
        Assert.Equal("CHAR(32) NOT NULL", TypeOf("MD5", text).ToString());
    }
}
