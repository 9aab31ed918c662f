using System.Collections.Immutable;
using System.Text;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>Functions between times and text, and between times and numbers of seconds.</summary>
internal static class TextTimeFunctions
{
    private const string DefaultPattern = "yyyy-MM-dd HH:mm:ss";

    public static FunctionDefinition[] All =>
    [
        new("DATE_FORMAT", BindDateFormat, DateFormat),
        new("TO_DATE", Signature.Nullable(LogicalType.Date, 1, Parameter.String, Parameter.String), ToDate),
        new("TO_TIMESTAMP",
            Signature.Nullable(LogicalType.Timestamp(3), 1, Parameter.String, Parameter.String), ToTimestamp),
        new("TO_TIMESTAMP_LTZ", EpochTimes.Bind, EpochTimes.Choose),
        new("FROM_UNIXTIME", Signature.Nullable(LogicalType.String, 1, Parameter.BigInt, Parameter.String),
            FromUnixTime),
        new("UNIX_TIMESTAMP", BindUnixTimestamp)
        {
            IsDeterministic = false,
            Special = (call, compiler) => call.Arguments.IsEmpty
                ? ClockFunctions.UnixNow(call, compiler)
                : compiler.Node(call, UnixTimestamp(call, compiler.Context), false),
        },
        new(
            "CONVERT_TZ",
            Signature.Nullable(LogicalType.String, 3, Parameter.String, Parameter.String, Parameter.String),
            ConvertTz),
    ];

    private static Call BindDateFormat(CallSite site)
    {
        site.Arity(2);
        LogicalType type = site.Type(0);
        Expr time = type.Kind == TypeKind.Null
            ? FunctionCatalog.Coerce(site[0], LogicalType.Timestamp(3)) : site[0];
        if (!time.Type.IsTimestamp && !time.Type.IsCharacter || !site.Type(1).IsCharacter)
            throw site.Refuse("a timestamp or a string, and a pattern");
        return site.CallExactly(LogicalType.String, [time, site[1]]);
    }

    private static Kernel DateFormat(Call call, EvaluationContext context)
    {
        LogicalType type = call.Arguments[0].Type;
        if (type.IsCharacter) return ReformatText();
        var patterns =
            new PatternCache<DateFormatter>(p => new DateFormatter(DatePattern.Parse(p), isSimple: false));
        long units = type.UnitsPerSecond / 1000;
        var buffer = new TextBuffer();
        return (arguments, count) => Strings(arguments, count, (operands, row, builder) =>
        {
            long value = operands[0].Value<long>(row);
            long ms = Calendar.FloorDiv(value, units);
            int nanos = (int)((value - (ms * units)) * (1_000_000 / units));
            long offset = type.Kind == TypeKind.TimestampLtz ? context.Zone.OffsetAt(ms) : 0;
            buffer.Clear();
            patterns.Of(operands[1].Bytes(row)).Write(ms + offset, nanos, offset, buffer);
            builder.Append(buffer.Written);
        });
    }

    /// <summary>Text in the default pattern, read leniently; NULL where it cannot be read.</summary>
    private static Kernel ReformatText()
    {
        var parser = new SimpleDateParser(DatePattern.Parse(DefaultPattern));
        var patterns =
            new PatternCache<DateFormatter>(p => new DateFormatter(DatePattern.Parse(p), isSimple: true));
        var buffer = new TextBuffer();
        return (arguments, count) => Strings(arguments, count, (operands, row, builder) =>
        {
            if (!parser.TryParse(operands[0].Bytes(row), out long localMs, out _))
            {
                builder.AppendNull();
                return;
            }
            buffer.Clear();
            patterns.Of(operands[1].Bytes(row)).Write(localMs, 0, 0, buffer);
            builder.Append(buffer.Written);
        });
    }

    private static Kernel FromUnixTime(Call call, EvaluationContext context)
    {
        var patterns =
            new PatternCache<DateFormatter>(p => new DateFormatter(DatePattern.Parse(p), isSimple: true));
        byte[] defaultPattern = Encoding.ASCII.GetBytes(DefaultPattern);
        var buffer = new TextBuffer();
        return (arguments, count) => Strings(arguments, count, (operands, row, builder) =>
        {
            long ms = operands[0].Value<long>(row) * 1000;
            long offset = context.Zone.OffsetAt(ms);
            buffer.Clear();
            patterns.Of(operands.Length > 1 ? operands[1].Bytes(row) : defaultPattern)
                .Write(ms + offset, 0, offset, buffer);
            builder.Append(buffer.Written);
        });
    }

    private static Kernel ToDate(Call call, EvaluationContext context)
    {
        PatternCache<SimpleDateParser> patterns = SimpleParsers();
        return (arguments, count) => Values<int>(arguments, count, (operands, row) =>
        {
            ReadOnlySpan<byte> text = operands[0].Bytes(row);
            if (operands.Length == 1) return TimeParser.TryDate(text, out int days) ? days : null;
            return patterns.Of(operands[1].Bytes(row)).TryParse(text, out long ms, out long? offset)
                ? (int)Calendar.FloorDiv(ms - (offset ?? 0), Calendar.MsPerDay)
                : null;
        });
    }

    private static Kernel ToTimestamp(Call call, EvaluationContext context)
    {
        var patterns = new PatternCache<StrictDateParser>(p => new StrictDateParser(DatePattern.Parse(p)));
        return (arguments, count) => Values<long>(arguments, count, (operands, row) =>
        {
            ReadOnlySpan<byte> text = operands[0].Bytes(row);
            if (operands.Length == 1)
                return TimeParser.TryTimestamp(text, out long seconds, out int nanos)
                    ? (seconds * 1000) + (nanos / 1_000_000) : null;
            if (patterns.Of(operands[1].Bytes(row)).TryParse(text, out long ms)) return ms;
            return LooseTimestamp.TryParse(text, out ms) ? ms : null;
        });
    }

    private static Call BindUnixTimestamp(CallSite site)
    {
        ImmutableArray<Expr> arguments = Signature.Check(site, 0, Parameter.String, Parameter.String);
        return site.Call(LogicalType.BigInt, arguments);
    }

    /// <summary>The smallest BIGINT stands for unreadable text, as in Flink.</summary>
    private static Kernel UnixTimestamp(Call call, EvaluationContext context)
    {
        PatternCache<SimpleDateParser> patterns = SimpleParsers();
        byte[] defaultPattern = Encoding.ASCII.GetBytes(DefaultPattern);
        return (arguments, count) => Values<long>(arguments, count, (operands, row) =>
        {
            ReadOnlySpan<byte> pattern = operands.Length > 1 ? operands[1].Bytes(row) : defaultPattern;
            if (!patterns.Of(pattern).TryParse(operands[0].Bytes(row), out long ms, out long? offset))
                return long.MinValue;
            long utc = offset is { } known ? ms - known : context.Zone.ToLaterUtc(ms);
            return Calendar.FloorDiv(utc, 1000);
        });
    }

    private static Kernel ConvertTz(Call call, EvaluationContext context)
    {
        var parser = new SimpleDateParser(DatePattern.Parse(DefaultPattern));
        var formatter = new DateFormatter(DatePattern.Parse(DefaultPattern), isSimple: true);
        var zones = new PatternCache<Zone>(Zone.FindOrUtc);
        var buffer = new TextBuffer();
        return (arguments, count) => Strings(arguments, count, (operands, row, builder) =>
        {
            if (!parser.TryParse(operands[0].Bytes(row), out long localMs, out _))
            {
                builder.AppendNull();
                return;
            }
            long utc = zones.Of(operands[1].Bytes(row)).ToLaterUtc(localMs);
            buffer.Clear();
            formatter.Write(zones.Of(operands[2].Bytes(row)).ToLocal(utc), 0, 0, buffer);
            builder.Append(buffer.Written);
        });
    }

    private static PatternCache<SimpleDateParser> SimpleParsers() =>
        new(p => new SimpleDateParser(DatePattern.Parse(p)));

    private delegate void AppendRow(ReadOnlySpan<Operand> operands, int row, BytesColumnBuilder builder);

    private delegate T? ComputeRow<T>(ReadOnlySpan<Operand> operands, int row) where T : struct;

    private static Column Strings(ReadOnlySpan<Operand> operands, int count, AppendRow append)
    {
        var builder = new BytesColumnBuilder(count);
        for (int row = 0; row < count; row++)
            if (AnyNull(operands, row)) builder.AppendNull();
            else append(operands, row, builder);
        return builder.Build();
    }

    private static Column Values<T>(ReadOnlySpan<Operand> operands, int count, ComputeRow<T> compute)
        where T : unmanaged
    {
        var builder = new FixedColumnBuilder<T>(count);
        for (int row = 0; row < count; row++)
            if (!AnyNull(operands, row) && compute(operands, row) is { } value) builder.Append(value);
            else builder.AppendNull();
        return builder.Build();
    }

    private static bool AnyNull(ReadOnlySpan<Operand> operands, int row)
    {
        foreach (Operand operand in operands)
            if (operand.IsNull(row)) return true;
        return false;
    }
}
