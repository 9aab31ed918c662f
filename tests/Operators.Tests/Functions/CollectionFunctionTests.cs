using Millrace.Operators.Functions;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using Xunit;
using static Millrace.Operators.Tests.Functions.FunctionCall;

namespace Millrace.Operators.Tests.Functions;

/// <summary>The expectations are what Apache Flink 2.3 gives.</summary>
public class CollectionFunctionTests
{
    private static readonly int?[] Numbers = [1, 2, 1, 3];
    private static readonly int?[] WithNulls = [null, 1, null];
    private static readonly int?[] None = [];
    private static readonly (object?, LogicalType) NullArray = (null, LogicalType.Array(LogicalType.Int));
    private static readonly (object?, LogicalType) NullInt = (null, LogicalType.Int);

    [Fact]
    public void Editing_arrays()
    {
        Assert.Equal("[1,2,1,3,1]", Run("ARRAY_APPEND", Numbers, 1));
        Assert.Equal("[NULL,NULL,1,NULL]", Run("ARRAY_PREPEND", WithNulls, NullInt));
        Assert.Equal("[2,3]", Run("ARRAY_REMOVE", Numbers, 1));
        Assert.Equal("[1]", Run("ARRAY_REMOVE", WithNulls, NullInt));
        Assert.Equal("[3,1,2,1]", Run("ARRAY_REVERSE", (object)Numbers));
        Assert.Equal("[1,2,1,3,NULL,1,NULL]", Run("ARRAY_CONCAT", Numbers, WithNulls));
        Assert.Equal("NULL", Run("ARRAY_CONCAT", Numbers, NullArray));
        Assert.Equal("NULL", Run("ARRAY_APPEND", NullArray, 1));
    }

    [Theory]
    [InlineData(2, null, "[6,7,8]")]
    [InlineData(2, 3, "[6,7]")]
    [InlineData(-2, -1, "[7,8]")]
    [InlineData(0, 1, "[5]")]
    [InlineData(0, 0, "[5]")]
    [InlineData(1, 0, "[5]")]
    [InlineData(3, 2, "[]")]
    [InlineData(1, 99, "[5,6,7,8]")]
    [InlineData(-99, 2, "[5,6]")]
    [InlineData(1, -9, "[]")]
    [InlineData(9, null, "[]")]
    public void A_slice_of_an_array(int from, int? to, string expected)
    {
        int?[] array = [5, 6, 7, 8];
        Assert.Equal(
            expected, to is { } end ? Run("ARRAY_SLICE", array, from, end) : Run("ARRAY_SLICE", array, from));
    }

    [Fact]
    public void Arrays_as_sets()
    {
        Assert.Equal("[1,2,3]", Run("ARRAY_DISTINCT", (object)Numbers));
        Assert.Equal("[NULL,1]", Run("ARRAY_DISTINCT", (object)WithNulls));
        Assert.Equal("[3,1,2,4]", Run("ARRAY_UNION", new int?[] { 3, 1, 3, 2 }, new int?[] { 2, 4, 3 }));
        Assert.Equal("[1]", Run("ARRAY_EXCEPT", new int?[] { 3, 1, 3, 2 }, new int?[] { 2, 4, 3 }));
        Assert.Equal("[3,2]", Run("ARRAY_INTERSECT", new int?[] { 3, 1, 3, 2 }, new int?[] { 2, 4, 3 }));
        Assert.Equal(
            "[NULL]", Run("ARRAY_INTERSECT", new int?[] { 1, null, 1, null }, new int?[] { null, 2 }));
        Assert.Equal("[1,2]", Run("ARRAY_EXCEPT", new int?[] { 1, 2, 2 }, None));
        Assert.Equal("NULL", Run("ARRAY_UNION", Numbers, NullArray));
    }

    [Fact]
    public void Searching_arrays()
    {
        Assert.Equal("true", Run("ARRAY_CONTAINS", WithNulls, NullInt));
        Assert.Equal("false", Run("ARRAY_CONTAINS", None, NullInt));
        Assert.Equal("NULL", Run("ARRAY_CONTAINS", NullArray, 1));
        Assert.Equal("4", Run("ARRAY_POSITION", Numbers, 3));
        Assert.Equal("0", Run("ARRAY_POSITION", Numbers, 9));
        Assert.Equal("NULL", Run("ARRAY_POSITION", WithNulls, NullInt));
        Assert.Equal("3", Run("ARRAY_MAX", (object)Numbers));
        Assert.Equal("1", Run("ARRAY_MIN", (object)WithNulls));
        Assert.Equal("NULL", Run("ARRAY_MAX", (object)None));
        Assert.Equal("é", Run("ARRAY_MAX", (object)new string?[] { "b", "B", "a", "é" }));
        Assert.Equal("4", Run("CARDINALITY", (object)Numbers));
        Assert.Equal("NULL", Run("CARDINALITY", NullArray));
        Assert.Equal("1", Run("ELEMENT", (object)new int?[] { 1 }));
        Assert.Equal("NULL", Run("ELEMENT", (object)None));
        Assert.Equal(
            ErrorKind.Invalid, Assert.Throws<MillraceException>(() => Run("ELEMENT", (object)Numbers)).Kind);
    }

    [Fact]
    public void Sorting_arrays()
    {
        int?[] array = [3, null, 1];
        Assert.Equal("[NULL,1,3]", Run("ARRAY_SORT", (object)array));
        Assert.Equal("[3,1,NULL]", Run("ARRAY_SORT", array, false));
        Assert.Equal("[1,3,NULL]", Run("ARRAY_SORT", array, true, false));
        Assert.Equal("[NULL,3,1]", Run("ARRAY_SORT", array, false, true));
        Assert.Equal("NULL", Run("ARRAY_SORT", array, ((object?)null, LogicalType.Boolean)));
        Assert.Throws<FunctionException>(() => Run("ARRAY_SORT", (object)new int?[][] { [1] }));
    }

    [Fact]
    public void Joining_arrays()
    {
        string?[] array = ["a", null, "c"];
        Assert.Equal("a-c", Run("ARRAY_JOIN", (object)array, "-"));
        Assert.Equal("a-NULL-c", Run("ARRAY_JOIN", (object)array, "-", "NULL"));
        Assert.Equal("", Run("ARRAY_JOIN", (object)new string?[] { null }, "-"));
        Assert.Equal("NULL", Run("ARRAY_JOIN", (object)array, (object?)null));
        Assert.Throws<FunctionException>(() => Run("ARRAY_JOIN", Numbers, "-"));
    }

    [Fact]
    public void Items_of_arrays_and_maps()
    {
        var map = new Dictionary<string, int?> { ["age"] = 30, ["lvl"] = null };
        Assert.Equal("2", Run("ITEM", Numbers, 2));
        Assert.Equal("NULL", Run("ITEM", Numbers, 0));
        Assert.Equal("NULL", Run("ITEM", Numbers, -1));
        Assert.Equal("NULL", Run("ITEM", Numbers, 5));
        Assert.Equal("NULL", Run("ITEM", WithNulls, 1));
        Assert.Equal("30", Run("ITEM", map, "age"));
        Assert.Equal("NULL", Run("ITEM", map, "lvl"));
        Assert.Equal("NULL", Run("ITEM", map, "Age"));
        Assert.Equal("NULL", Run("ITEM", map, null));
        Assert.Throws<FunctionException>(() => Run("ITEM", map, 1));
        Assert.Throws<FunctionException>(() => Run("ITEM", Numbers, "a"));
        Assert.Throws<FunctionException>(() => Run("ITEM", 5, 1));
    }

    [Fact]
    public void A_missing_item_of_values_that_are_never_null_is_the_default_of_their_type()
    {
        LogicalType element = LogicalType.Int.NotNull();
        Assert.Equal("-1", Run("ITEM", (new int?[] { 1, 2 }, LogicalType.Array(element).NotNull()), 5));
        Assert.Equal(
            "", Run("ITEM", (new string?[] { "a" }, LogicalType.Array(LogicalType.Char(1).NotNull())), 2));
    }

    [Fact]
    public void Maps()
    {
        var map = new Dictionary<string, int?> { ["a"] = 1, ["b"] = null };
        Assert.Equal("[a,b]", Run("MAP_KEYS", map));
        Assert.Equal("[1,NULL]", Run("MAP_VALUES", map));
        Assert.Equal("[(a,1),(b,NULL)]", Run("MAP_ENTRIES", map));
        Assert.Equal(
            "{a=5,b=NULL,q=6}", Run("MAP_UNION", map, new Dictionary<string, int?> { ["a"] = 5, ["q"] = 6 }));
        Assert.Equal(
            "{x=1,y=2}", Run("MAP_FROM_ARRAYS", (object)new string?[] { "x", "y" }, new int?[] { 1, 2 }));
        Assert.Throws<MillraceException>(
            () => Run("MAP_FROM_ARRAYS", (object)new string?[] { "x" }, new int?[] { 1, 2 }));
    }

    [Fact]
    public void Constructors()
    {
        Assert.Equal("[1,NULL,3]", Run("ARRAY", 1, NullInt, 3));
        Assert.Equal("{a=3,b=2}", Run("MAP", "a", 1, "b", 2, "a", 3));
        Assert.Equal("(1,x)", Run("ROW", 1, "x"));
        LogicalType row =
            LogicalType.Row(new Field("q", LogicalType.String), new Field("n", LogicalType.Int));
        Assert.Equal("7", Run("FIELD", ["n"], (new object?[] { "x", 7 }, row)));
        Assert.Equal("NULL", Run("FIELD", ["n"], ((object?)null, row)));
        Assert.Throws<FunctionException>(() => Run("FIELD", ["z"], ((object?)null, row)));
        Assert.Throws<FunctionException>(() => Run("ARRAY", 1, "a"));
    }

    [Fact]
    public void Types_of_results()
    {
        LogicalType one = LogicalType.Array(LogicalType.Int.NotNull()).NotNull();
        (object?, LogicalType) array = (new int?[] { 1 }, one);
        (object?, LogicalType) number = (2, LogicalType.Int.NotNull());
        Assert.Equal("ARRAY<INT NOT NULL> NOT NULL", TypeOf("ARRAY", number, number).ToString());
        Assert.Equal("ARRAY<INT> NOT NULL", TypeOf("ARRAY", number, 1).ToString());
        Assert.Equal("ARRAY<INT>", TypeOf("ARRAY_APPEND", Numbers, 1).ToString());
        Assert.Equal("ARRAY<INT NOT NULL> NOT NULL", TypeOf("ARRAY_APPEND", array, number).ToString());
        Assert.Equal("ARRAY<INT>", TypeOf("ARRAY_CONCAT", array, Numbers).ToString());
        Assert.Equal("INT", TypeOf("ARRAY_MAX", array).ToString());
        Assert.Equal("INT NOT NULL", TypeOf("CARDINALITY", array).ToString());
        Assert.Equal(
            "ROW<`EXPR$0` INT NOT NULL, `EXPR$1` STRING> NOT NULL", TypeOf("ROW", number, "s").ToString());
        Assert.Throws<FunctionException>(() => TypeOf("ARRAY_APPEND", Numbers, 5L));
        Assert.Throws<FunctionException>(() => TypeOf("ARRAY_CONTAINS", Numbers, "a"));
    }

    [Fact]
    public void Sets_agree_with_a_naive_model()
    {
        var random = new Random(3);
        for (int i = 0; i < 500; i++)
        {
            int?[] a = Any(random), b = Any(random);
            Assert.Equal(Text(a.Union(b)), Run("ARRAY_UNION", a, b));
            Assert.Equal(Text(a.Except(b)), Run("ARRAY_EXCEPT", a, b));
            Assert.Equal(Text(a.Intersect(b)), Run("ARRAY_INTERSECT", a, b));
            Assert.Equal(Text(a.OrderBy(x => x)), Run("ARRAY_SORT", (object)a));
        }
    }

    private static int?[] Any(Random random) =>
        [.. Enumerable.Range(0, random.Next(8))
            .Select(_ => random.Next(6) is var n && n == 5 ? (int?)null : n)];

    private static string Text(IEnumerable<int?> items) =>
        "[" + string.Join(",", items.Select(i => i is null ? "NULL" : $"{i}")) + "]";
}
