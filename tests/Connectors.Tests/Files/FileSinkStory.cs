using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Files;

/// <summary>
/// The life of a job with a sink of files as chance wills it, beside a naive model: which rows a complete
/// checkpoint covers. Rows of a stream are numbered; stream s goes to subtask s mod parallelism. Checkpoints
/// complete, fail, or are complete without everybody hearing of it; regions and the whole job restart, at
/// other parallelisms too; what is replaced has ended, was killed, or stands still and wakes up later.
/// </summary>
internal sealed class FileSinkStory : IDisposable
{
    private const int Streams = 4;
    private const int StreamWidth = 1_000_000;

    /// <summary>More than the writer buffers: the row goes to the file at once.</summary>
    private const int LongText = 300_000;

    private readonly FileTable _table =
        new(new Field("id", LogicalType.BigInt), new Field("text", LogicalType.String));
    private readonly Random _random;
    private readonly List<SinkSubtask> _stopped = [];
    private readonly List<(long Id, int[] Positions, List<byte[]> Items)> _pending = [];
    private readonly int[] _positions = new int[Streams];

    /// <summary>The files of complete savepoints, by the names that they will have.</summary>
    private readonly HashSet<string> _held = [];
    private readonly Dictionary<string, int[]> _seen = [];
    private List<SinkSubtask> _subtasks = [];
    private (int[] Positions, List<byte[]> Items) _restorePoint = (new int[Streams], []);
    private long _checkpoint;
    private long _lastComplete;
    private int _attempt;
    private bool _isOver;

    public FileSinkStory(int seed)
    {
        _random = new Random(seed);
        RestartAll();
    }

    public void Dispose()
    {
        foreach (SinkSubtask subtask in _subtasks.Concat(_stopped)) subtask.Dispose();
        _table.Dispose();
    }

    public void Steps(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Step(_random.Next(20));
            CheckVisible();
        }
    }

    /// <summary>
    /// A last checkpoint, heard of or not, and the end. All rows are there, once, and nothing else.
    /// </summary>
    public void End()
    {
        Trigger(isSavepoint: false);
        _pending.RemoveRange(0, _pending.Count - 1);
        CompleteOne();
        _isOver = true;
        if (_random.Next(2) == 0) RestartAll();
        else foreach (SinkSubtask subtask in _subtasks) subtask.Complete(_checkpoint);
        while (_stopped.Count > 0) Wake();
        foreach (SinkSubtask subtask in _subtasks) subtask.Finish();
        Assert.Equal(Covered().Order(), Visible().Order());
        CheckHidden();
    }

    private void Step(int what)
    {
        switch (what)
        {
            case < 9: Write(_random.Next(Streams)); break;
            case < 12: Trigger(isSavepoint: false); break;
            case 12: Trigger(isSavepoint: true); break;
            case < 15: CompleteOne(); break;
            case 15: RestartAll(); break;
            case 16: RestartRegion(); break;
            case 17: TellAgain(); break;
            default: Wake(); break;
        }
    }

    private void Write(int stream)
    {
        int count = _random.Next(1, 4);
        SinkSubtask to = _subtasks[stream % _subtasks.Count];
        to.Write(Rows(stream, _positions[stream], count));
        _positions[stream] += count;
    }

    private void Trigger(bool isSavepoint)
    {
        _checkpoint++;
        List<byte[]> items = [.. _subtasks.SelectMany(s => s.Barrier(_checkpoint, isSavepoint))];
        // Nobody hears that a savepoint on the way is complete, and no restart goes back to it.
        if (!isSavepoint) _pending.Add((_checkpoint, [.. _positions], items));
        else if (_random.Next(2) == 0)
        {
            _lastComplete = _checkpoint;
            _held.UnionWith(items.Select(NameOf));
        }
    }

    /// <summary>The latest, or by chance an earlier one. Those before it have failed with that.</summary>
    private void CompleteOne()
    {
        if (_pending.Count == 0) return;
        int chosen = _random.Next(3) == 0 ? _random.Next(_pending.Count) : _pending.Count - 1;
        (long id, int[] positions, List<byte[]> items) = _pending[chosen];
        _pending.RemoveRange(0, chosen + 1);
        _restorePoint = (positions, items);
        _lastComplete = Math.Max(_lastComplete, id);
        foreach (SinkSubtask subtask in _subtasks)
        {
            subtask.LastComplete = id;
            if (_random.Next(3) > 0) subtask.Complete(id);
        }
    }

    private void TellAgain()
    {
        foreach (SinkSubtask subtask in _subtasks)
            if (_random.Next(2) == 0) subtask.Complete(subtask.LastComplete);
    }

    private void RestartAll()
    {
        int parallelism = _random.Next(1, Streams + 1);
        foreach (SinkSubtask subtask in _subtasks) Lose(subtask);
        _subtasks = [.. new SinkSubtask[parallelism]];
        Open(Enumerable.Range(0, parallelism), null);
        Assert.Subset(Visible().ToHashSet(), Covered().ToHashSet());
    }

    private void RestartRegion()
    {
        int[] region = [.. Enumerable.Range(0, _subtasks.Count).Where(_ => _random.Next(2) == 0)];
        if (region.Length == 0) return;
        foreach (int index in region) Lose(_subtasks[index]);
        Open(region, region);
    }

    /// <summary>Some begin to write before the next ones are restored.</summary>
    private void Open(IEnumerable<int> region, int[]? replaced)
    {
        _attempt++;
        _pending.Clear();
        foreach (int index in region)
        {
            for (int stream = index; stream < Streams; stream += _subtasks.Count)
                _positions[stream] = _restorePoint.Positions[stream];
            var subtask = new SinkSubtask(_table, "job", _attempt, index, _subtasks.Count, replaced, _lastComplete);
            if (_restorePoint.Items.Count > 0) subtask.Restore(_restorePoint.Items);
            _subtasks[index] = subtask;
            if (!_isOver && _random.Next(2) == 0) Write(index);
        }
    }

    /// <summary>It was canceled, or killed, or stands still.</summary>
    private void Lose(SinkSubtask subtask)
    {
        switch (_random.Next(3))
        {
            case 0: subtask.Dispose(); break;
            case 1: break;
            default: _stopped.Add(subtask); break;
        }
    }

    /// <summary>One that was replaced goes on with what it had before it, and ends.</summary>
    private void Wake()
    {
        if (_stopped.Count == 0) return;
        SinkSubtask woken = _stopped[_random.Next(_stopped.Count)];
        if (_random.Next(2) == 0) woken.Complete(woken.LastComplete);
        if (_random.Next(2) == 0) woken.Write(Rows(woken.Index, 500_000, 1));
        if (_random.Next(2) == 0) woken.Barrier(_checkpoint + 1);
        if (_random.Next(2) == 0) return;
        if (_random.Next(2) == 0) woken.Dispose();
        _stopped.Remove(woken);
    }

    private void CheckVisible()
    {
        List<int> visible = Visible();
        Assert.Equal(visible.Distinct().Count(), visible.Count);
        Assert.Subset(Covered().ToHashSet(), visible.ToHashSet());
    }

    /// <summary>What is left hidden is held by a complete savepoint, and what one holds is there.</summary>
    private void CheckHidden()
    {
        string[] names = [.. Directory.GetFiles(_table.Folder).Select(f => Path.GetFileName(f))];
        Assert.All(
            names.Where(n => n[0] == '.'),
            n => Assert.Contains(_held, h => n.EndsWith($"-{h}", StringComparison.Ordinal)));
        Assert.All(_held, h => Assert.Contains(names, n => n.EndsWith(h, StringComparison.Ordinal)));
    }

    /// <summary>That a committable's file will be seen by.</summary>
    private static string NameOf(byte[] committable) =>
        Regex.Match(Encoding.UTF8.GetString(committable), "\"Visible\":\"(part-[^\"]+)\"").Groups[1].Value;

    private IEnumerable<int> Covered() => Enumerable.Range(0, Streams).SelectMany(
        stream => Enumerable.Range(stream * StreamWidth, _restorePoint.Positions[stream]));

    private List<int> Visible() =>
    [
        .. Directory.GetFiles(_table.Folder).Where(f => Path.GetFileName(f)[0] != '.').SelectMany(RowsOf),
    ];

    /// <summary>A visible file never changes, so it is read when it is first seen.</summary>
    private int[] RowsOf(string file)
    {
        if (_seen.TryGetValue(file, out int[]? rows)) return rows;
        string text = File.ReadAllText(file);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        rows = [.. text[..^1].Split('\n')
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetInt32())];
        _seen.Add(file, rows);
        return rows;
    }

    private ColumnBatch Rows(int stream, int from, int count)
    {
        var rows = new BatchBuilder(_table.Spec.Physical);
        for (int i = 0; i < count; i++)
        {
            int length = _random.Next(16) == 0 ? LongText : 1;
            ((FixedColumnBuilder<long>)rows.Columns[0]).Append(stream * StreamWidth + from + i);
            ((BytesColumnBuilder)rows.Columns[1]).Append(Enumerable.Repeat((byte)'x', length).ToArray());
            rows.EndRow();
        }
        return rows.Build();
    }
}
