using Millrace.Connectors.Jdbc;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Jdbc;

/// <summary>
/// Attempts of one job that open and flush in any order, beside the rule in one sentence: who was replaced by
/// an attempt that has flushed may not.
/// </summary>
internal sealed class FencingModel(TableSpec table, string job) : IDisposable
{
    private const int MaxParallelism = 4;
    private const int Keys = 5;

    private readonly List<Writer> _writers = [];
    private int _parallelism;
    private int _firstOfParallelism;
    private int _attempt;
    private int _value;

    /// <summary>What the table holds, where only writes that were allowed count.</summary>
    public SortedDictionary<long, string> Expected { get; } = [];

    public int Rejected { get; private set; }

    public void Step(byte action, byte a, byte b)
    {
        if (_attempt == 0 || action % 8 == 0) Deploy(1 + (b % MaxParallelism), region: null);
        else if (action % 8 == 1)
            Deploy(_parallelism, HasBeenTakenOver
                ? [.. Enumerable.Range(0, _parallelism).Where(s => s == 0 || ((b >> s) & 1) > 0)]
                : null);
        else if (action % 8 <= 4) Open(_writers[a % _writers.Count]);
        else Flush(_writers[a % _writers.Count], b % 8 == 0 ? 0 : 1, b % Keys, isDelete: b % 7 == 0);
    }

    public void Dispose()
    {
        foreach (Writer writer in _writers) writer.Sink?.Dispose();
    }

    /// <summary>Regions restart alone only once an attempt of the whole job has flushed at this
    /// parallelism.</summary>
    private bool HasBeenTakenOver =>
        _writers.Exists(w => w.HasFlushed && w.Region is null && w.Attempt >= _firstOfParallelism);

    private void Deploy(int parallelism, int[]? region)
    {
        _attempt++;
        if (parallelism != _parallelism) _firstOfParallelism = _attempt;
        _parallelism = parallelism;
        foreach (int subtask in region ?? Enumerable.Range(0, parallelism))
            _writers.Add(new Writer(_attempt, subtask, parallelism, region));
    }

    private void Open(Writer writer)
    {
        writer.Sink ??= new JdbcConnector().OpenSink(
            table, Tables.ContextOf(writer.Attempt, writer.Subtask, writer.Parallelism, writer.Region, job));
    }

    /// <param name="rows">0 or 1.</param>
    private void Flush(Writer writer, int rows, int key, bool isDelete)
    {
        if (writer.Sink is not { } sink) return;
        string value = $"{_value++}";
        MillraceException? failure = Catch(() =>
        {
            if (rows > 0) sink.Write(Tables.Batch(
                [isDelete ? ChangeKind.Delete : ChangeKind.UpdateAfter],
                Tables.Longs(key), BytesColumn.Of(value)));
            sink.Flush();
        });
        // A sink that has nothing to write asks nobody, but for its first flush.
        if (rows == 0 && writer.HasFlushed && failure is null) return;
        Assert.Equal(IsReplaced(writer) ? ErrorKind.Fenced : null, failure?.Kind);
        writer.HasFlushed |= failure is null;
        if (failure is not null) Rejected++;
        if (rows == 0) return;
        if (failure is null && isDelete) Expected.Remove(key);
        else if (failure is null) Expected[key] = value;
    }

    private bool IsReplaced(Writer writer) => _writers.Exists(other =>
        other.HasFlushed && other.Attempt > writer.Attempt
        && other.Region?.Contains(writer.Subtask) != false);

    private static MillraceException? Catch(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (MillraceException e)
        {
            return e;
        }
    }

    private sealed record Writer(int Attempt, int Subtask, int Parallelism, int[]? Region)
    {
        public ISinkWriter? Sink { get; set; }

        /// <summary>Ever, without being rejected.</summary>
        public bool HasFlushed { get; set; }
    }
}
