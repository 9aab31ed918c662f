using System.Numerics;
using FsCheck.Xunit;
using Millrace.Operators.Expressions;
using Millrace.Operators.Functions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Operators.Tests.Expressions;

/// <summary>
/// The comparison kernels of every width, past the ends of their vectors, against single comparisons.
/// </summary>
public class ComparisonProperties
{
    [Property(MaxTest = 200)]
    public void Of_tinyints(sbyte[] values, sbyte bound) => Check(LogicalType.TinyInt, values, bound);

    [Property(MaxTest = 200)]
    public void Of_smallints(short[] values, short bound) => Check(LogicalType.SmallInt, values, bound);

    [Property(MaxTest = 200)]
    public void Of_ints(int[] values, int bound) => Check(LogicalType.Int, values, bound);

    [Property(MaxTest = 200)]
    public void Of_bigints(long[] values, long bound) => Check(LogicalType.BigInt, values, bound);

    [Property(MaxTest = 200)]
    public void Of_floats(float[] values, float bound) => Check(LogicalType.Float, values, bound);

    [Property(MaxTest = 200)]
    public void Of_doubles(double[] values, double bound) => Check(LogicalType.Double, values, bound);

    [Property(MaxTest = 100)]
    public void Of_decimals(int[] values, int bound) =>
        Check(LogicalType.Decimal(38, 0), [.. values.Select(v => (Int128)v * long.MaxValue)],
            (Int128)bound * long.MaxValue);

    private static void Check<T>(LogicalType type, T[] values, T bound) where T : unmanaged, INumber<T>
    {
        T[] many = [.. Enumerable.Repeat(values.Append(bound), 5).SelectMany(v => v)];
        Holds(type, many, bound, "=", (a, b) => a == b);
        Holds(type, many, bound, "<>", (a, b) => a != b);
        Holds(type, many, bound, "<", (a, b) => a < b);
        Holds(type, many, bound, "<=", (a, b) => a <= b);
        Holds(type, many, bound, ">", (a, b) => a > b);
        Holds(type, many, bound, ">=", (a, b) => a >= b);
    }

    private static void Holds<T>(LogicalType type, T[] values, T bound, string name, Func<T, T, bool> holds)
        where T : unmanaged
    {
        Expr input = new InputRef(0, type);
        Column constant = FixedColumn<T>.Constant(bound, 1);
        var definition = FunctionCatalog.Definition(name);
        Kernel kernel = definition.Kernel!((Call)FunctionCatalog.Bind(name, [input, input]),
            new EvaluationContext(TimeProvider.System));
        Operand column = Operand.Of(FixedColumn<T>.Of(values)), one = Operand.Constant(constant);
        Operand reversed = Operand.Of(FixedColumn<T>.Of(values.Reverse().ToArray()));
        Assert.Equal(values.Select(v => holds(v, bound)), Read(kernel([column, one], values.Length)));
        Assert.Equal(values.Select(v => holds(bound, v)), Read(kernel([one, column], values.Length)));
        Assert.Equal(values.Zip(values.Reverse(), holds), Read(kernel([column, reversed], values.Length)));
    }

    private static bool[] Read(Column column) => ((FixedColumn<bool>)column).Values.ToArray();
}
