using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Millrace.Operators.Aggregates;
using Millrace.Operators.Tests.Harness;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Types;

namespace Millrace.Operators.Tests.Aggregates;

/// <summary>One GROUP BY operator, fed rows such as <c>+I a|3</c> and giving the same.</summary>
internal sealed class GroupHarness : IDisposable
{
    private readonly GroupAggregatePlan _plan;
    private readonly CollectedOutput _output = new();
    private readonly TestMailbox _mailbox;
    private int _seen;

    public GroupHarness(GroupAggregatePlan plan, FakeTimeProvider? time = null, MemoryState? restore = null)
    {
        _plan = plan;
        Time = time ?? new FakeTimeProvider();
        _mailbox = new TestMailbox(Time);
        Operator = new GroupAggregateOperator(plan);
        Operator.Open(TestContexts.Create(_mailbox, Time), _output);
        if (restore is not null) Operator.Restore(restore.Reader());
    }

    public FakeTimeProvider Time { get; }

    public GroupAggregateOperator Operator { get; }

    /// <summary>Rows of one batch.</summary>
    /// <returns>What came out since the last call.</returns>
    public string[] Process(params string[] rows)
    {
        var builder = new BatchBuilder(_plan.Input);
        foreach (string row in rows)
        {
            string[] values = row[3..].Split('|');
            for (int i = 0; i < values.Length; i++)
                Append(builder.Columns[i], _plan.Input[i].Type, values[i]);
            builder.EndRow(row[..2] switch
            {
                "+I" => ChangeKind.Insert,
                "-U" => ChangeKind.UpdateBefore,
                "+U" => ChangeKind.UpdateAfter,
                _ => ChangeKind.Delete,
            });
        }
        ColumnBatch batch = builder.Build();
        Operator.Process(0, batch);
        batch.Release();
        return New();
    }

    public string[] Advance(TimeSpan time)
    {
        Time.Advance(time);
        _mailbox.RunPosted();
        return New();
    }

    public string[] New()
    {
        string[] rows = [.. _output.Rows.Skip(_seen)];
        _seen = _output.Rows.Count;
        return rows;
    }

    public MemoryState Save()
    {
        var state = new MemoryState();
        Operator.BeforeBarrier(new Barrier(new CheckpointId(1), ""));
        state.Write(Operator.Snapshot(new CheckpointId(1)));
        return state;
    }

    public void Dispose() => Operator.Dispose();

    public static GroupAggregatePlan Plan(
        string[] columns, int[] keys, bool retracts, params (string Function, int[] Arguments)[] calls)
    {
        Schema input = new([.. columns.Select((c, i) => new Field($"c{i}", TypeOf(c)))]);
        return new GroupAggregatePlan(
            [.. keys],
            [.. calls.Select(c => new AggregateCall(
                c.Function, [.. c.Arguments], -1, false, AggregateCatalog.InferType(
                    c.Function, [.. c.Arguments.Select(a => input[a].Type)], false, keys.Length > 0)))],
            input, retracts, true, 0, null);
    }

    private static LogicalType TypeOf(string name) => name switch
    {
        "INT" => LogicalType.Int,
        "BIGINT" => LogicalType.BigInt,
        "DOUBLE" => LogicalType.Double,
        "BOOLEAN" => LogicalType.Boolean,
        "DECIMAL" => LogicalType.Decimal(38, 0),
        _ => LogicalType.String,
    };

    private static void Append(ColumnBuilder builder, LogicalType type, string value)
    {
        if (value == "NULL") builder.AppendNull();
        else if (type.Kind == TypeKind.Int) ((FixedColumnBuilder<int>)builder).Append(Parse<int>(value));
        else if (type.Kind == TypeKind.BigInt) ((FixedColumnBuilder<long>)builder).Append(Parse<long>(value));
        else if (type.Kind == TypeKind.Double)
            ((FixedColumnBuilder<double>)builder).Append(Parse<double>(value));
        else if (type.Kind == TypeKind.Boolean) ((FixedColumnBuilder<bool>)builder).Append(value == "true");
        else if (type.Kind == TypeKind.Decimal)
            ((FixedColumnBuilder<Int128>)builder).Append(Parse<Int128>(value));
        else ((BytesColumnBuilder)builder).Append(Encoding.UTF8.GetBytes(value));
    }

    private static T Parse<T>(string text)
        where T : IParsable<T> => T.Parse(text, CultureInfo.InvariantCulture);
}
