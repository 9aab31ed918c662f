using Millrace.Sql.Syntax;
using Xunit;

namespace Millrace.Sql.Tests.Syntax;

public class RoundTripTests
{
    [Fact]
    public void Printing_and_parsing_gives_any_expression_back()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var tree = Expression(new Random(seed), 4);
            var text = SqlPrinter.Print(tree);
            Assert.True(tree == SqlParser.ParseExpression(text), $"seed {seed}: {text}");
        }
    }

    private static SqlExpr Expression(Random random, int depth)
    {
        SqlExpr Next() => Expression(random, depth - 1);
        bool Coin() => random.Next(2) == 0;
        if (depth == 0) return Leaf(random);
        return random.Next(13) switch
        {
            0 or 1 or 2 => new BinaryExpr(Any<BinaryOperator>(random), Next(), Next()),
            3 => new UnaryExpr(Any<UnaryOperator>(random), Next()),
            4 => new IsTest(Next(), Any<IsTestKind>(random), Coin()),
            5 => new BetweenExpr(Next(), Next(), Next(), Coin(), Coin()),
            6 => new LikeExpr(Next(), Next(), Coin() ? Next() : null, Coin(), Coin()),
            7 => new InList(Next(), [Next(), Next()], Coin()),
            8 => new DistinctFrom(Next(), Next(), Coin()),
            9 => new CaseExpr(
                Coin() ? Next() : null, [new CaseBranch(Next(), Next())], Coin() ? Next() : null),
            10 => Call(random, Next),
            11 => Coin() ? new Subscript(Next(), Next()) : new FieldAccess(Next(), new Identifier("f")),
            _ => Coin() ? new RowConstructor([Next(), Next()]) : new CastExpr(Next(), Type(random), Coin()),
        };
    }

    private static FunctionCall Call(Random random, Func<SqlExpr> next)
    {
        FunctionCall Named(string name, params SqlExpr[] arguments) =>
            new(new QualifiedName([new Identifier(name)]), [.. arguments]);
        return random.Next(5) switch
        {
            0 => Named("POSITION", next(), next()),
            1 => Named("OVERLAY", next(), next(), next()),
            2 => Named("SUBSTRING", next(), next()),
            3 => Named("EXTRACT", new TimeUnitArgument(Any<TimeUnit>(random)), next()),
            _ => Named("COUNT", next()) with { IsDistinct = true, Filter = next() },
        };
    }

    private static SqlExpr Leaf(Random random) => random.Next(7) switch
    {
        0 => new ColumnRef([new Identifier("a"), new Identifier("value")]),
        1 => new NumberLiteral("1.50"),
        2 => new StringLiteral("it's \\ 姓"),
        3 => new NullLiteral(),
        4 => new IntervalLiteral("1-2", true, new IntervalQualifier(TimeUnit.Year, TimeUnit.Month, 2, null)),
        5 => new BooleanLiteral(null),
        _ => new DateTimeLiteral(DateTimeKindName.Timestamp, "2024-01-01 00:00:00"),
    };

    private static TypeName Type(Random random) => random.Next(3) switch
    {
        0 => new SimpleType("DECIMAL", [10, 2]) { IsNullable = false },
        1 => new MapTypeName(new SimpleType("INT", []), new ArrayTypeName(new SimpleType("STRING", []))),
        _ => new RowTypeName([new RowTypeField(new Identifier("x y"), new SimpleType("DATE", []), "c")]),
    };

    private static T Any<T>(Random random) where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        return values[random.Next(values.Length)];
    }
}
