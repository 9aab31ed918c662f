using System.Buffers;
using Millrace.Operators.Expressions;

namespace Millrace.Operators.Functions.Conditional;

/// <summary>The rows of a frame that no branch has taken yet. Used within one evaluation.</summary>
internal sealed class OpenRows
{
    private readonly Frame _all;
    private int[]? _rows;
    private int[] _taken = [];
    private int _takenCount;

    public OpenRows(Frame all)
    {
        _all = all;
        Frame = all;
        Count = all.Count;
    }

    /// <summary>The open rows, to evaluate the next condition on.</summary>
    public Frame Frame { get; private set; }

    public int Count { get; private set; }

    /// <summary>Takes the open rows where the condition is TRUE.</summary>
    /// <param name="condition">Over <see cref="Frame"/>.</param>
    /// <returns>How many.</returns>
    public int Take(Operand condition)
    {
        int[] taken = ArrayPool<int>.Shared.Rent(Count);
        int[] rest = ArrayPool<int>.Shared.Rent(Count);
        int left;
        if (condition.IsConstant)
        {
            bool takesAll = !condition.IsNull(0) && condition.Value<bool>(0);
            Selection.All(Count, takesAll ? taken : rest);
            (_takenCount, left) = takesAll ? (Count, 0) : (0, Count);
        }
        else left = Selection.Split(condition, Count, true, taken, rest, out _takenCount);
        if (_takenCount == 0 || _takenCount == _all.Count)
        {
            Return(taken);
            Return(rest);
            return _takenCount;
        }
        _taken = ToAll(taken, _takenCount);
        Narrow(ToAll(rest, left), left);
        return _takenCount;
    }

    /// <summary>Evaluates the value for the rows last taken.</summary>
    public void AddTaken(Node value, RowMerger merger)
    {
        ReadOnlySpan<int> rows = _taken.AsSpan(0, _takenCount);
        Frame frame = _all.Select(rows);
        merger.Add(value.Evaluate(frame), rows);
        frame.Release();
        Return(_taken);
        _taken = [];
    }

    /// <summary>Evaluates the value for the rows that are still open.</summary>
    public void AddRest(Node value, RowMerger merger) =>
        merger.Add(value.Evaluate(Frame), _rows.AsSpan(0, Count));

    /// <summary>Releases what was gathered; gives the result back.</summary>
    public Operand Finish(Operand result)
    {
        if (Frame != _all) Frame.Release();
        if (_rows is not null) Return(_rows);
        return result;
    }

    private static void Return(int[] rows) => ArrayPool<int>.Shared.Return(rows);

    private int[] ToAll(int[] rows, int count)
    {
        if (_rows is not null)
            for (int i = 0; i < count; i++) rows[i] = _rows[rows[i]];
        return rows;
    }

    private void Narrow(int[] rows, int count)
    {
        if (Frame != _all) Frame.Release();
        if (_rows is not null) Return(_rows);
        _rows = rows;
        Count = count;
        Frame = _all.Select(rows.AsSpan(0, count));
    }
}
