using System.Collections.Immutable;
using System.Text;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using Millrace.Operators.Aggregates;
using Millrace.Operators.Tests.Harness;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Keys;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Operators.Tests.Aggregates;

/// <summary>
/// Random changelogs against <see cref="GroupModel"/>, however they are batched, bundled and restored.
/// </summary>
public sealed class GroupAggregatePropertyTests
{
    private const int Key = 0;
    private const int Number = 1;
    private const int Text = 2;
    private const int Flag = 3;

    private static readonly Schema _input = Schema.Of(
        new Field("k", LogicalType.Int),
        new Field("n", LogicalType.Int),
        new Field("s", LogicalType.String),
        new Field("f", LogicalType.Boolean));

    private static readonly ImmutableArray<AggregateCall> _calls =
    [
        Call("COUNT"), Call("COUNT", Number), Call("COUNT") with { Filter = Flag }, Call("SUM", Number),
        Call("AVG", Number), Call("MIN", Number), Call("MAX", Number) with { Filter = Flag },
        Call("MAX", Text),
        Call("FIRST_VALUE", Number), Call("LAST_VALUE", Text), Call("LISTAGG", Text) with { Options = [";"] },
        Call("COUNT", Number) with { IsDistinct = true }, Call("SUM", Number) with { IsDistinct = true },
        Call("COUNT", Number) with { IsDistinct = true, Filter = Flag },
        Call("LISTAGG", Text) with { IsDistinct = true },
    ];

    [Property(MaxTest = 150)]
    public void A_changelog_gives_the_model_s_table_at_every_flush(int seed) =>
        Run(new Random(seed), retracts: true);

    [Property(MaxTest = 80)]
    public void Inserts_give_the_model_s_table_at_every_flush(int seed) =>
        Run(new Random(seed), retracts: false);

    private static void Run(Random random, bool retracts)
    {
        var plan = new GroupAggregatePlan(
            [Key], _calls, _input, retracts, random.Next(2) == 0, 0,
            random.Next(2) == 0 ? null : new MiniBatchOptions(1000, random.Next(1, 200)));
        var source = new ChangelogSource(random, retracts);
        var table = new MaterializedTable(plan.EmitUpdateBefore);
        using var job = new Subtasks(plan, table, random.Next(1, 4));
        for (int step = 0; step < 30; step++)
        {
            List<(InputRow Row, bool Adds)> rows = source.Next(random.Next(1, 80));
            job.Process(rows, random);
            if (plan.MiniBatch is null) Assert.Equal(source.Model.Table(), table.Rows);
            if (random.Next(5) == 0) job.Checkpoint(random);
            if (random.Next(8) == 0) job.Rescale(random.Next(1, 4));
        }
        job.End();
        Assert.Equal(source.Model.Table(), table.Rows);
    }

    private static AggregateCall Call(string function, params int[] arguments)
    {
        LogicalType[] types = [.. arguments.Select(a => _input[a].Type)];
        return new AggregateCall(
            function, [.. arguments], -1, false, AggregateCatalog.InferType(function, types, false, true));
    }

    /// <summary>Retracts rows that are there, now and then one of a group that is not.</summary>
    private sealed class ChangelogSource(Random random, bool retracts)
    {
        private readonly List<InputRow> _alive = [];

        public GroupModel Model { get; } = new();

        public List<(InputRow Row, bool Adds)> Next(int count)
        {
            var rows = new List<(InputRow, bool)>();
            for (int i = 0; i < count; i++)
            {
                InputRow row = NewRow();
                bool adds = true;
                if (retracts && random.Next(20) == 0 && !Model.Has(row.Key)) adds = false;
                else if (retracts && _alive.Count > 0 && random.Next(5) < 2)
                    (row, adds) = (TakeAlive(), false);
                else _alive.Add(row);
                Model.Apply(row, adds);
                rows.Add((row, adds));
            }
            return rows;
        }

        private InputRow TakeAlive()
        {
            int index = random.Next(_alive.Count);
            InputRow row = _alive[index];
            _alive.RemoveAt(index);
            return row;
        }

        private InputRow NewRow() => new(
            random.Next(12) == 0 ? null : random.Next(6),
            random.Next(6) == 0 ? null : random.Next(-5, 6),
            random.Next(6) == 0 ? null : "abcdef"[..random.Next(0, 4)],
            random.Next(4) == 0 ? null : random.Next(2) == 0);
    }

    /// <summary>The operator at some parallelism; rows go by key group, in order.</summary>
    private sealed class Subtasks : IDisposable
    {
        private readonly GroupAggregatePlan _plan;
        private readonly IBatchOutput _output;
        private readonly FakeTimeProvider _time = new();
        private GroupAggregateOperator[] _operators = [];

        public Subtasks(GroupAggregatePlan plan, IBatchOutput output, int parallelism)
        {
            _plan = plan;
            _output = output;
            Start(parallelism, null);
        }

        public void Process(List<(InputRow Row, bool Adds)> rows, Random random)
        {
            int size = random.Next(1, 60);
            foreach ((InputRow Row, bool Adds)[] chunk in rows.Chunk(size))
            {
                ColumnBatch all = Batch(chunk);
                var hashes = new int[chunk.Length];
                KeyHasher.Hash([all.Columns[Key]], hashes);
                for (int i = 0; i < _operators.Length; i++)
                {
                    int[] mine = [.. Enumerable.Range(0, chunk.Length).Where(r => KeyGroups.SubtaskOf(
                        KeyGroups.Of(hashes[r], KeyGroups.DefaultMaxParallelism),
                        KeyGroups.DefaultMaxParallelism,
                        _operators.Length) == i)];
                    if (mine.Length == 0) continue;
                    ColumnBatch batch = all.Gather(mine);
                    _operators[i].Process(0, batch);
                    batch.Release();
                }
                all.Release();
            }
        }

        /// <summary>A checkpoint that is written only after more changes to the state.</summary>
        public void Checkpoint(Random random)
        {
            var before = new MemoryState();
            var later = new MemoryState();
            foreach (GroupAggregateOperator op in _operators)
            {
                op.BeforeBarrier(new Barrier(new CheckpointId(1), ""));
                before.Write(op.Snapshot(new CheckpointId(1)));
                var snapshot = op.Snapshot(new CheckpointId(2));
                Disturb(op, random);
                later.Write(snapshot);
            }
            Assert.Equal(before.KeyedCount, later.KeyedCount);
            int parallelism = _operators.Length;
            Dispose();
            Start(parallelism, later);
        }

        public void Rescale(int parallelism)
        {
            var state = new MemoryState();
            foreach (GroupAggregateOperator op in _operators)
            {
                op.BeforeBarrier(new Barrier(new CheckpointId(1), ""));
                state.Write(op.Snapshot(new CheckpointId(1)));
            }
            Dispose();
            Start(parallelism, state);
        }

        public void End()
        {
            foreach (GroupAggregateOperator op in _operators) op.EndOfInput(0);
        }

        public void Dispose()
        {
            foreach (GroupAggregateOperator op in _operators) op.Dispose();
        }

        private void Start(int parallelism, MemoryState? state)
        {
            _operators = new GroupAggregateOperator[parallelism];
            for (int i = 0; i < parallelism; i++)
            {
                _operators[i] = new GroupAggregateOperator(_plan);
                _operators[i].Open(
                    TestContexts.Create(new TestMailbox(_time), _time, subtask: i, parallelism: parallelism),
                    new Switch(_output));
                if (state is not null) _operators[i].Restore(state.Reader(i, parallelism));
            }
        }

        /// <summary>
        /// Changes the operator's state after a snapshot; its output of that time is lost with it.
        /// </summary>
        private static void Disturb(GroupAggregateOperator op, Random random)
        {
            Switch.IsOff = true;
            var source = new ChangelogSource(random, op.Retracts);
            for (int i = 0; i < 3; i++)
            {
                ColumnBatch batch = Batch([.. source.Next(random.Next(1, 100))]);
                op.Process(0, batch);
                batch.Release();
            }
            op.EndOfInput(0);
            Switch.IsOff = false;
        }

        private static ColumnBatch Batch((InputRow Row, bool Adds)[] rows)
        {
            var builder = new BatchBuilder(_input);
            foreach ((InputRow row, bool adds) in rows)
            {
                Append((FixedColumnBuilder<int>)builder.Columns[Key], row.Key);
                Append((FixedColumnBuilder<int>)builder.Columns[Number], row.Number);
                if (row.Text is null) builder.Columns[Text].AppendNull();
                else ((BytesColumnBuilder)builder.Columns[Text]).Append(Encoding.UTF8.GetBytes(row.Text));
                Append((FixedColumnBuilder<bool>)builder.Columns[Flag], row.Flag);
                builder.EndRow(adds ? ChangeKind.Insert : ChangeKind.Delete);
            }
            return builder.Build();
        }

        private static void Append<T>(FixedColumnBuilder<T> builder, T? value) where T : unmanaged
        {
            if (value is null) builder.AppendNull();
            else builder.Append(value.Value);
        }
    }

    private sealed class Switch(IBatchOutput output) : IBatchOutput
    {
        [ThreadStatic]
        public static bool IsOff;

        public void Emit(ColumnBatch batch)
        {
            if (!IsOff) output.Emit(batch);
        }
    }
}
