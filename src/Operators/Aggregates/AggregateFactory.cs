using System.Collections.Immutable;
using System.Numerics;
using Millrace.Operators.State;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Aggregates;

/// <summary>
/// Chooses the accumulator of an aggregate call by function, types and whether rows may be taken back.
/// </summary>
/// <param name="retracts">Whether the accumulators must be able to take rows back.</param>
internal sealed class AggregateFactory(bool retracts)
{
    /// <param name="name">In upper case, of the catalog.</param>
    /// <param name="type">Of the result.</param>
    /// <param name="options">As in <see cref="AggregateCall"/>.</param>
    public SlotAggregate Create(
        string name, IReadOnlyList<LogicalType> arguments, LogicalType type, ImmutableArray<string> options)
    {
        options = options.IsDefault ? [] : options;
        return name switch
        {
            "COUNT" => new CountAggregate(arguments.Count > 0),
            "SUM" => Sum(arguments[0]),
            "AVG" => Average(arguments[0], type),
            "VAR_POP" => Variance(arguments[0], type, VarianceKind.Population),
            "VAR_SAMP" or "VARIANCE" => Variance(arguments[0], type, VarianceKind.Sample),
            "STDDEV_POP" => Variance(arguments[0], type, VarianceKind.PopulationDeviation),
            "STDDEV_SAMP" or "STDDEV" => Variance(arguments[0], type, VarianceKind.SampleDeviation),
            "MIN" => Extreme(arguments[0], type, isMax: false),
            "MAX" => Extreme(arguments[0], type, isMax: true),
            "FIRST_VALUE" => Arrival(arguments[0], type, ArrivalKind.First),
            "LAST_VALUE" => Arrival(arguments[0], type, ArrivalKind.Last),
            "SINGLE_VALUE" => Arrival(arguments[0], type, ArrivalKind.Single),
            "LISTAGG" => new ListAggregate(type, options.Length > 0 ? options[0] : ","),
            "ARRAY_AGG" => new ArrayAggregate(
                arguments[0], type, options.Contains(AggregateCatalog.IgnoreNulls)),
            "COLLECT" => new CollectAggregate(arguments[0], type),
            "JSON_ARRAYAGG" => new JsonArrayAggregate(
                arguments[0], type, options.Contains(AggregateCatalog.NullOnNull)),
            "JSON_OBJECTAGG" => new JsonObjectAggregate(
                arguments[1], type, !options.Contains(AggregateCatalog.AbsentOnNull)),
            _ => throw new MillraceException(ErrorKind.Bug, $"No accumulator for aggregate {name}."),
        };
    }

    private static SlotAggregate Sum(LogicalType type) => type.Kind switch
    {
        TypeKind.TinyInt => Sum<sbyte>(),
        TypeKind.SmallInt => Sum<short>(),
        TypeKind.Int => Sum<int>(),
        TypeKind.BigInt => Sum<long>(),
        TypeKind.Float => Sum<float>(),
        TypeKind.Double => Sum<double>(),
        TypeKind.Decimal => new WordAggregate<Int128, Int128, SumOfDecimals>(default),
        _ => throw Unknown("SUM", type),
    };

    private static SlotAggregate Average(LogicalType type, LogicalType result) => type.Kind switch
    {
        TypeKind.TinyInt => AverageOfIntegers<sbyte>(),
        TypeKind.SmallInt => AverageOfIntegers<short>(),
        TypeKind.Int => AverageOfIntegers<int>(),
        TypeKind.BigInt => AverageOfIntegers<long>(),
        TypeKind.Float => new WordAggregate<float, float, AverageOfFloats<float>>(default),
        TypeKind.Double => new WordAggregate<double, double, AverageOfFloats<double>>(default),
        TypeKind.Decimal =>
            new WordAggregate<Int128, Int128, AverageOfDecimals>(new(result.Scale - type.Scale)),
        _ => throw Unknown("AVG", type),
    };

    private static SlotAggregate Variance(LogicalType type, LogicalType result, VarianceKind kind) =>
        type.Kind switch
        {
            TypeKind.TinyInt => Variance<sbyte>(kind),
            TypeKind.SmallInt => Variance<short>(kind),
            TypeKind.Int => Variance<int>(kind),
            TypeKind.BigInt => Variance<long>(kind),
            TypeKind.Float => Variance<float>(kind),
            TypeKind.Double => Variance<double>(kind),
            TypeKind.Decimal => new WordAggregate<Int128, Int128, VarianceOperation<Int128, DecimalDoubles>>(
                new(kind, new(type.Scale, result.Scale))),
            _ => throw Unknown("VARIANCE", type),
        };

    private SlotAggregate Extreme(LogicalType type, LogicalType result, bool isMax)
    {
        if (type.IsCharacter)
            return retracts
                ? new RetractableExtreme<byte[]>(new OrderedStrings(), result, isMax)
                : new ExtremeOfStrings(result, isMax);
        if (retracts) return new RetractableExtreme<Int128>(new OrderedNumbers(type.Kind), result, isMax);
        return PhysicalOf(type) switch
        {
            Physical.Bool when isMax =>
                new WordAggregate<bool, bool, ExtremeOperation<bool, TrueFirst>>(default),
            Physical.Bool => new WordAggregate<bool, bool, ExtremeOperation<bool, FalseFirst>>(default),
            Physical.Int8 => Extreme<sbyte>(isMax),
            Physical.Int16 => Extreme<short>(isMax),
            Physical.Int32 => Extreme<int>(isMax),
            Physical.Int64 => Extreme<long>(isMax),
            Physical.Float32 => Extreme<float>(isMax),
            Physical.Float64 => Extreme<double>(isMax),
            Physical.Int128 => Extreme<Int128>(isMax),
            _ => throw Unknown("MIN", type),
        };
    }

    private SlotAggregate Arrival(LogicalType type, LogicalType result, ArrivalKind kind)
    {
        if (retracts && kind != ArrivalKind.Single)
            return new RetractableArrival(type, result, kind == ArrivalKind.Last);
        return PhysicalOf(type) switch
        {
            Physical.Bool => Arrival<bool>(kind),
            Physical.Int8 => Arrival<sbyte>(kind),
            Physical.Int16 => Arrival<short>(kind),
            Physical.Int32 => Arrival<int>(kind),
            Physical.Int64 => Arrival<long>(kind),
            Physical.Float32 => Arrival<float>(kind),
            Physical.Float64 => Arrival<double>(kind),
            Physical.Int128 => Arrival<Int128>(kind),
            _ => new ArrivalOfValues(type, result, kind),
        };
    }

    private static WordAggregate<T, T, SumOperation<T>> Sum<T>()
        where T : unmanaged, INumber<T> => new(default);

    private static WordAggregate<T, T, AverageOfIntegers<T>> AverageOfIntegers<T>()
        where T : unmanaged, IBinaryInteger<T> => new(default);

    private static WordAggregate<T, T, VarianceOperation<T, NumberDoubles<T>>> Variance<T>(VarianceKind kind)
        where T : unmanaged, INumber<T> => new(new(kind, default));

    private static SlotAggregate Extreme<T>(bool isMax)
        where T : unmanaged, IComparisonOperators<T, T, bool> => isMax
            ? new WordAggregate<T, T, ExtremeOperation<T, Descending<T>>>(default)
            : new WordAggregate<T, T, ExtremeOperation<T, Ascending<T>>>(default);

    private static WordAggregate<T, T, ArrivalOperation<T>> Arrival<T>(ArrivalKind kind)
        where T : unmanaged =>
        new(new(kind));

    private static MillraceException Unknown(string function, LogicalType type) =>
        new(ErrorKind.Bug, $"{function} has no accumulator for {type}.");

    private static Physical PhysicalOf(LogicalType type) => type.Kind switch
    {
        TypeKind.Boolean => Physical.Bool,
        TypeKind.Null or TypeKind.TinyInt => Physical.Int8,
        TypeKind.SmallInt => Physical.Int16,
        TypeKind.Int or TypeKind.Date or TypeKind.Time or TypeKind.IntervalYearMonth => Physical.Int32,
        TypeKind.BigInt or TypeKind.Timestamp or TypeKind.TimestampLtz or TypeKind.IntervalDayTime =>
            Physical.Int64,
        TypeKind.Float => Physical.Float32,
        TypeKind.Double => Physical.Float64,
        TypeKind.Decimal => Physical.Int128,
        _ => Physical.Bytes,
    };

    private enum Physical
    {
        Bool,
        Int8,
        Int16,
        Int32,
        Int64,
        Float32,
        Float64,
        Int128,
        Bytes,
    }
}
