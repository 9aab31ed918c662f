using System.Numerics;

namespace Millrace.Operators.Aggregates;

internal enum VarianceKind
{
    Population,
    Sample,
    PopulationDeviation,
    SampleDeviation,
}

/// <summary>From the values of a type to DOUBLE and back.</summary>
internal interface IDoubleCodec<T>
{
    double ToDouble(T value);

    /// <summary>
    /// Integers are cut toward zero and narrowed as Java narrows, decimals rounded half away from zero.
    /// </summary>
    T FromDouble(double value);
}

internal readonly struct NumberDoubles<T> : IDoubleCodec<T> where T : INumber<T>
{
    public double ToDouble(T value) => double.CreateTruncating(value);

    public T FromDouble(double value) => typeof(T) == typeof(sbyte) || typeof(T) == typeof(short)
        ? T.CreateTruncating(int.CreateSaturating(value))
        : T.CreateSaturating(value);
}

/// <param name="scale">Of the argument.</param>
/// <param name="resultScale">Of the result.</param>
internal readonly struct DecimalDoubles(int scale, int resultScale) : IDoubleCodec<Int128>
{
    public double ToDouble(Int128 value) => (double)value / Math.Pow(10, scale);

    public Int128 FromDouble(double value) =>
        (Int128)Math.Round(value * Math.Pow(10, resultScale), MidpointRounding.AwayFromZero);
}

/// <summary>
/// The VAR and STDDEV family by Welford's recurrence (1962), which also runs backwards to take a value back.
/// State: the count, the mean, the sum of squared distances from it.
/// </summary>
internal readonly unsafe struct VarianceOperation<T, TCodec>(VarianceKind kind, TCodec codec)
    : IWordOperation<T, T>
    where T : unmanaged
    where TCodec : struct, IDoubleCodec<T>
{
    public static int Words => 3;

    public void Add(long* state, T value)
    {
        double x = codec.ToDouble(value);
        ref double mean = ref ((double*)state)[1];
        double distance = x - mean;
        mean += distance / ++state[0];
        ((double*)state)[2] += distance * (x - mean);
    }

    public void Retract(long* state, T value)
    {
        if (--state[0] == 0)
        {
            state[1] = state[2] = 0;
            return;
        }
        double x = codec.ToDouble(value);
        ref double mean = ref ((double*)state)[1];
        double distance = x - mean;
        mean -= distance / state[0];
        ((double*)state)[2] -= distance * (x - mean);
    }

    public bool TryResult(long* state, out T result)
    {
        bool isSample = kind is VarianceKind.Sample or VarianceKind.SampleDeviation;
        long divisor = isSample ? state[0] - 1 : state[0];
        result = default;
        if (divisor <= 0) return false;
        double variance = ((double*)state)[2] / divisor;
        // As in Flink: what rounding leaves below zero after values were taken back is no variance.
        if (variance < 0) return false;
        result = codec.FromDouble(
            kind is VarianceKind.Population or VarianceKind.Sample ? variance : Math.Sqrt(variance));
        return true;
    }
}
