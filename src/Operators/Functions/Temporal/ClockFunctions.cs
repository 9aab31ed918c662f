using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>The functions that read the clock, once a batch; local ones in the session zone.</summary>
internal static class ClockFunctions
{
    public static FunctionDefinition[] All =>
    [
        Clock("CURRENT_TIMESTAMP", LogicalType.TimestampLtz(3),
            (now, _) => Long(now)) with { Aliases = ["NOW"] },
        Clock("CURRENT_ROW_TIMESTAMP", LogicalType.TimestampLtz(3), (now, _) => Long(now)),
        Clock("PROCTIME", LogicalType.TimestampLtz(3) with { TimeAttribute = TimeAttribute.Proctime },
            (now, _) => Long(now)),
        Clock("LOCALTIMESTAMP", LogicalType.Timestamp(3), (now, zone) => Long(zone.ToLocal(now))),
        Clock("CURRENT_DATE", LogicalType.Date,
            (now, zone) => Int(Calendar.FloorDiv(zone.ToLocal(now), Calendar.MsPerDay))),
        Clock("CURRENT_TIME", LogicalType.Time(0), (now, zone) => Time(now, zone)),
        Clock("LOCALTIME", LogicalType.Time(0), (now, zone) => Time(now, zone)),
    ];

    /// <summary>One row: the clock in whole seconds since the epoch.</summary>
    public static Node UnixNow(Call call, Compiler compiler) =>
        new ClockNode(call.Type, compiler.Context, (now, _) => Long(Calendar.FloorDiv(now, 1000)));

    private static FunctionDefinition Clock(string name, LogicalType type, Func<long, Zone, Column> read) =>
        new(name, site =>
        {
            site.Arity(0);
            return new Call(name, [], type.NotNull());
        })
        {
            IsDeterministic = false,
            Special = (call, compiler) => new ClockNode(call.Type, compiler.Context, read),
        };

    private static FixedColumn<long> Long(long value) => FixedColumn<long>.Constant(value, 1);

    private static FixedColumn<int> Int(long value) => FixedColumn<int>.Constant((int)value, 1);

    private static FixedColumn<int> Time(long now, Zone zone)
    {
        long ms = Calendar.FloorMod(zone.ToLocal(now), Calendar.MsPerDay);
        return Int(ms - (ms % 1000));
    }

    private sealed class ClockNode(
        LogicalType type, EvaluationContext context, Func<long, Zone, Column> read) : Node(type)
    {
        public override bool IsCheapAndSafe => true;

        public override Operand Evaluate(Frame frame) =>
            Operand.Constant(read(context.Time.GetUtcNow().ToUnixTimeMilliseconds(), context.Zone));
    }
}
