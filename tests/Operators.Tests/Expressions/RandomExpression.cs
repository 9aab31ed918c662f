using System.Globalization;
using Millrace.Operators.Functions;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Tests.Expressions;

/// <summary>A bound expression and the same computed for one row at a time, naively.</summary>
/// <param name="Naive">Throws <see cref="DivideByZeroException"/> where the row fails.</param>
internal sealed record RandomExpression(Expr Expr, Func<object?[], object?> Naive)
{
    /// <summary>Types that expressions are made of.</summary>
    private static readonly LogicalType[] Types =
        [LogicalType.Boolean, LogicalType.Int, LogicalType.BigInt, LogicalType.Double, LogicalType.String,
            LogicalType.Decimal(10, 2)];

    public static RandomExpression Create(Random random, LogicalType type, int depth)
    {
        if (depth == 0 || random.Next(8) == 0) return Leaf(random, type);
        return random.Next(4) switch
        {
            0 => Case(random, type, depth),
            1 => Coalesce(random, type, depth),
            _ => type.Kind switch
            {
                TypeKind.Boolean => Predicate(random, depth),
                TypeKind.Int => Integer(random, depth),
                TypeKind.BigInt => Long(random, depth),
                TypeKind.Double => Real(random, depth),
                _ => Leaf(random, type),
            },
        };
    }

    private static RandomExpression Leaf(Random random, LogicalType type)
    {
        int[] columns =
            [.. Enumerable.Range(0, RandomRows.Schema.Count).Where(i => RandomRows.Schema[i].Type == type)];
        if (random.Next(4) > 0)
        {
            int column = columns[random.Next(columns.Length)];
            return new(new InputRef(column, type), row => row[column]);
        }
        if (random.Next(8) == 0) return new(new Literal(null, type), _ => null);
        object value = RandomRows.Value(random, type);
        return new(new Literal(Text(value), type.NotNull()), _ => value);
    }

    private static string Text(object value) => value switch
    {
        bool truth => truth ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        Int128 unscaled => DecimalText.Format(unscaled, 2),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    private static RandomExpression Call(string name,
        Func<object?[], Func<object?[], object?>[], object?> naive, params RandomExpression[] arguments)
    {
        Func<object?[], object?>[] inner = [.. arguments.Select(a => a.Naive)];
        return new(FunctionCatalog.Bind(name, [.. arguments.Select(a => a.Expr)]), row => naive(row, inner));
    }

    /// <summary>NULL where an argument is.</summary>
    private static RandomExpression Strict(
        string name, Func<object, object, object?> apply, RandomExpression left, RandomExpression right) =>
        Call(name, (row, inner) =>
        {
            object? a = inner[0](row), b = inner[1](row);
            return a is null || b is null ? null : apply(a, b);
        }, left, right);

    private static RandomExpression Case(Random random, LogicalType type, int depth) => Call(
        "CASE",
        (row, inner) =>
        {
            for (int i = 0; i + 1 < inner.Length; i += 2)
                if (inner[i](row) is true) return inner[i + 1](row);
            return inner[^1](row);
        },
        Create(random, LogicalType.Boolean, depth - 1),
        Create(random, type, depth - 1),
        Create(random, LogicalType.Boolean, depth - 1),
        Create(random, type, depth - 1),
        Create(random, type, depth - 1));

    private static RandomExpression Coalesce(Random random, LogicalType type, int depth) => Call(
        "COALESCE",
        (row, inner) => inner.Select(value => value(row)).FirstOrDefault(value => value is not null),
        Create(random, type, depth - 1),
        Create(random, type, depth - 1));

    private static RandomExpression Predicate(Random random, int depth)
    {
        RandomExpression Truth() => Create(random, LogicalType.Boolean, depth - 1);
        switch (random.Next(10))
        {
            case 0 or 4 or 5:
                return Call("AND", (row, inner) =>
                    inner[0](row) is false ? false : And(inner[0](row), inner[1](row)), Truth(), Truth());
            case 1 or 6:
                return Call("OR", (row, inner) =>
                    inner[0](row) is true ? true : Or(inner[0](row), inner[1](row)), Truth(), Truth());
            case 2:
                return Call("NOT", (row, inner) => inner[0](row) is bool value ? !value : null, Truth());
            case 3:
                return Is(random, depth);
            default:
                if (random.Next(3) == 0)
                    return Comparison(random, Quotient(random), Leaf(random, LogicalType.Int));
                LogicalType type = Types[random.Next(Types.Length)];
                return Comparison(random, Create(random, type, depth - 1), Create(random, type, depth - 1));
        }
    }

    private static bool? And(object? left, object? right) =>
        right is false ? false : left is null || right is null ? null : true;

    private static bool? Or(object? left, object? right) =>
        right is true ? true : left is null || right is null ? null : false;

    private static RandomExpression Is(Random random, int depth)
    {
        RandomExpression value = Create(random, LogicalType.Boolean, depth - 1);
        return random.Next(4) switch
        {
            0 => Call("IS NULL", (row, inner) => inner[0](row) is null, value),
            1 => Call("IS NOT NULL", (row, inner) => inner[0](row) is not null, value),
            2 => Call("IS TRUE", (row, inner) => inner[0](row) is true, value),
            _ => Call("IS NOT FALSE", (row, inner) => inner[0](row) is not false, value),
        };
    }

    private static RandomExpression Comparison(Random random, RandomExpression left, RandomExpression right)
    {
        return random.Next(7) switch
        {
            0 => Strict("=", (a, b) => Compare(a, b) == 0, left, right),
            1 => Strict("<>", (a, b) => Compare(a, b) != 0, left, right),
            2 => Strict("<", (a, b) => Compare(a, b) == -1, left, right),
            3 => Strict("<=", (a, b) => Compare(a, b) is -1 or 0, left, right),
            4 => Strict(">", (a, b) => Compare(a, b) == 1, left, right),
            5 => Strict(">=", (a, b) => Compare(a, b) is 1 or 0, left, right),
            _ => Call(
                "IS DISTINCT FROM",
                (row, inner) => Differ(inner[0](row), inner[1](row)),
                left,
                right),
        };
    }

    private static bool Differ(object? a, object? b) =>
        a is null || b is null ? a is null != b is null : Compare(a, b) != 0;

    /// <summary>-1, 0 or 1, or 2 where they have no order (NaN).</summary>
    private static int Compare(object a, object b)
    {
        if (a is not double x || b is not double y)
            return a is string s
                ? Math.Sign(string.CompareOrdinal(s, (string)b)) : ((IComparable)a).CompareTo(b);
        return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
    }

    /// <summary>Fails where the divisor is 0, so it shows what is evaluated that should not be.</summary>
    private static RandomExpression Quotient(Random random) =>
        Strict("/", (a, b) => Divide(a, b), Leaf(random, LogicalType.Int), Leaf(random, LogicalType.Int));

    private static int Divide(object a, object b) => (int)b == -1 ? unchecked(-(int)a) : (int)a / (int)b;

    private static RandomExpression Integer(Random random, int depth)
    {
        RandomExpression left = Create(random, LogicalType.Int, depth - 1),
            right = Create(random, LogicalType.Int, depth - 1);
        return random.Next(5) switch
        {
            0 => Strict("+", (a, b) => unchecked((int)a + (int)b), left, right),
            1 => Strict("-", (a, b) => unchecked((int)a - (int)b), left, right),
            2 => Strict("*", (a, b) => unchecked((int)a * (int)b), left, right),
            3 => Strict("/", (a, b) => Divide(a, b), left, right),
            _ => Strict("%", (a, b) => (int)b == -1 ? 0 : (int)a % (int)b, left, right),
        };
    }

    private static RandomExpression Long(Random random, int depth)
    {
        RandomExpression left = Create(random, LogicalType.BigInt, depth - 1),
            right = Create(random, LogicalType.Int, depth - 1);
        return random.Next(3) switch
        {
            0 => Strict("+", (a, b) => unchecked((long)a + (int)b), left, right),
            1 => Strict("*", (a, b) => unchecked((long)a * (int)b), left, right),
            _ => Strict("/", (a, b) => (int)b == -1 ? unchecked(-(long)a) : (long)a / (int)b, left, right),
        };
    }

    private static RandomExpression Real(Random random, int depth)
    {
        RandomExpression left = Create(random, LogicalType.Double, depth - 1),
            right = Create(random, LogicalType.Double, depth - 1);
        return random.Next(3) switch
        {
            0 => Strict("+", (a, b) => (double)a + (double)b, left, right),
            1 => Strict("*", (a, b) => (double)a * (double)b, left, right),
            _ => Strict("/", (a, b) => (double)a / (double)b, left, right),
        };
    }
}
