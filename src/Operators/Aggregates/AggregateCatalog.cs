using System.Collections.Frozen;
using System.Collections.Immutable;
using Millrace.Operators.Functions;
using Millrace.Operators.Functions.Json;
using Millrace.Shared.Types;

namespace Millrace.Operators.Aggregates;

/// <summary>
/// The aggregate functions of GROUP BY and MATCH_RECOGNIZE: their names and result types, which are Flink's
/// to the letter (an AVG or a variance of an integer type is of that integer type).
/// </summary>
public static class AggregateCatalog
{
    /// <summary>The option of ARRAY_AGG, FIRST_VALUE and LAST_VALUE that leaves NULLs out.</summary>
    public const string IgnoreNulls = "IGNORE NULLS";

    /// <summary>The option of JSON_OBJECTAGG and JSON_ARRAYAGG that shows NULLs as null.</summary>
    public const string NullOnNull = "NULL ON NULL";

    /// <summary>The option of JSON_OBJECTAGG and JSON_ARRAYAGG that leaves NULLs out.</summary>
    public const string AbsentOnNull = "ABSENT ON NULL";

    private static readonly FrozenDictionary<string, Func<AggregateShape, LogicalType>> _types =
        new Dictionary<string, Func<AggregateShape, LogicalType>>
        {
            ["COUNT"] = s => s.Give(LogicalType.BigInt, 0, 1, _ => true, "one column or *"),
            ["SUM"] = s => s.OrNull(SumType(s.Number())),
            ["AVG"] = s => s.OrNull(AverageType(s.Number())),
            ["STDDEV"] = s => s.OrNull(AverageType(s.Number())),
            ["STDDEV_POP"] = s => s.OrNull(AverageType(s.Number())),
            ["STDDEV_SAMP"] = s => s.OrNull(AverageType(s.Number())),
            ["VARIANCE"] = s => s.OrNull(AverageType(s.Number())),
            ["VAR_POP"] = s => s.OrNull(AverageType(s.Number())),
            ["VAR_SAMP"] = s => s.OrNull(AverageType(s.Number())),
            ["MIN"] = s => s.OrNull(s.Comparable()),
            ["MAX"] = s => s.OrNull(s.Comparable()),
            ["FIRST_VALUE"] = s => s.OrNull(s.Any()),
            ["LAST_VALUE"] = s => s.OrNull(s.Any()),
            ["SINGLE_VALUE"] = s => s.Any().AsNullable(),
            ["LISTAGG"] = s =>
                s.Check(1, 1, t => t.IsCharacter, "a string and, if wanted, a separator in quotes"),
            ["COLLECT"] = s => LogicalType.Multiset(s.Any()).NotNull(),
            ["ARRAY_AGG"] = s =>
                LogicalType.Array(s.Any()).WithNullable(s.Any().Nullable || s.Any().Kind == TypeKind.Row),
            ["JSON_ARRAYAGG"] = s => s.Give(LogicalType.VarChar(2000), 1, 1, _ => true, "one value"),
            ["JSON_OBJECTAGG"] = s => s.Give(
                LogicalType.VarChar(2000), 2, 2, t => t.IsCharacter, "a string KEY and a VALUE"),
        }.ToFrozenDictionary();

    private static readonly FrozenSet<string> _refused =
        new[] { "APPROX_COUNT_DISTINCT", "PERCENTILE" }.ToFrozenSet();

    /// <param name="name">In upper case.</param>
    /// <returns>True also for aggregate functions that <see cref="InferType"/> refuses by name.</returns>
    public static bool Knows(string name) => _types.ContainsKey(name) || _refused.Contains(name);

    /// <summary>The type of an aggregate call.</summary>
    /// <param name="name">In upper case.</param>
    /// <param name="argumentTypes">Empty for COUNT(*).</param>
    /// <param name="isDistinct">DISTINCT changes no type.</param>
    /// <param name="isGrouped">
    /// The query has group keys and the call no FILTER: only then does an aggregate over a NOT NULL column
    /// always see a value.
    /// </param>
    /// <param name="options">The separator of LISTAGG; <see cref="IgnoreNulls"/> and the like.</param>
    /// <exception cref="FunctionException">
    /// Unknown or unsupported name, number or types of arguments.
    /// </exception>
    public static LogicalType InferType(
        string name,
        IReadOnlyList<LogicalType> argumentTypes,
        bool isDistinct,
        bool isGrouped,
        ImmutableArray<string> options = default)
    {
        if (name == "APPROX_COUNT_DISTINCT")
            throw new FunctionException(
                "APPROX_COUNT_DISTINCT does not work on streams; write COUNT(DISTINCT x).");
        if (!_types.TryGetValue(name, out Func<AggregateShape, LogicalType>? infer))
            throw new FunctionException(
                $"{name} is not an aggregate function that Millrace knows.", Knows(name));
        LogicalType type = infer(new AggregateShape(name, argumentTypes, isGrouped)).WithoutTimeAttribute();
        if (name.StartsWith("JSON_", StringComparison.Ordinal)
            && JsonPrinter.TryFor(argumentTypes[^1]) is null)
            throw new FunctionException(
                $"{name} does not take a value of type {argumentTypes[^1]}; CAST it to STRING.");
        return type;
    }

    /// <summary>One aggregate on its own, for operators that feed it row by row.</summary>
    /// <param name="name">In upper case.</param>
    /// <param name="argumentTypes">Empty for COUNT(*).</param>
    /// <param name="type">Of the result, as <see cref="InferType"/> gave it.</param>
    /// <param name="retracts">Whether rows may be taken back.</param>
    /// <param name="options">As for <see cref="InferType"/>.</param>
    public static IAccumulator CreateAccumulator(
        string name,
        IReadOnlyList<LogicalType> argumentTypes,
        LogicalType type,
        bool retracts = false,
        ImmutableArray<string> options = default) => new SlotAccumulator(
            new AggregateFactory(retracts).Create(name, argumentTypes, type, options));

    /// <summary>SUM widens decimals to 38 digits and wraps in every other type.</summary>
    private static LogicalType SumType(LogicalType type) => type.Kind == TypeKind.Decimal
        ? LogicalType.Decimal(LogicalType.MaxDecimalPrecision, type.Scale).WithNullable(type.Nullable)
        : type;

    private static LogicalType AverageType(LogicalType type) => type.Kind == TypeKind.Decimal
        ? LogicalType.Decimal(LogicalType.MaxDecimalPrecision, Math.Max(6, type.Scale))
            .WithNullable(type.Nullable)
        : type;
}

/// <summary>A call as the type rules see it.</summary>
internal readonly record struct AggregateShape(
    string Name, IReadOnlyList<LogicalType> Arguments, bool IsGrouped)
{
    /// <summary>Nullable unless every group has a value.</summary>
    public LogicalType OrNull(LogicalType type) => IsGrouped ? type : type.AsNullable();

    /// <summary>
    /// A type that is never null and does not depend on the arguments, once they were checked.
    /// </summary>
    public LogicalType Give(
        LogicalType type, int least, int most, Func<LogicalType, bool> accepts, string wanted)
    {
        Check(least, most, accepts, wanted);
        return type.NotNull();
    }

    public LogicalType Any() => Check(1, 1, t => t.Kind != TypeKind.Symbol, "one value");

    public LogicalType Number() => Check(1, 1, t => t.IsNumeric, "a number");

    public LogicalType Comparable() => Check(
        1,
        1,
        t => t.IsNumeric || t.IsCharacter || t.IsTimestamp
            || t.Kind is TypeKind.Boolean or TypeKind.Date or TypeKind.Time,
        "a number, string, boolean, date, time or timestamp");

    /// <returns>The type of the first argument; of the result nothing where there is none.</returns>
    public LogicalType Check(int least, int most, Func<LogicalType, bool> accepts, string wanted)
    {
        if (Arguments.Count >= least && Arguments.Count <= most
            && (Arguments.Count == 0 || accepts(Arguments[0])))
            return Arguments.Count == 0 ? LogicalType.Null : Arguments[0];
        string got = Arguments.Count == 0
            ? "nothing" : string.Join(" and ", Arguments.Select(a => a.AsNullable()));
        throw new FunctionException($"{Name} takes {wanted}, not {got}.");
    }
}
