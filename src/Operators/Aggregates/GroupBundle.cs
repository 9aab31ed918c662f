using Millrace.Shared.Columns;

namespace Millrace.Operators.Aggregates;

/// <summary>
/// The groups touched since the last output, in order of first touch, and what they were before. A part is
/// what one batch touched first.
/// </summary>
internal sealed class GroupBundle : IDisposable
{
    private readonly List<Part> _parts = [];
    private int[] _slots = [];
    private bool[] _existed = [];

    /// <summary>Groups touched.</summary>
    public int Count { get; private set; }

    public IReadOnlyList<Part> Parts => _parts;

    public ReadOnlySpan<int> Slots => _slots.AsSpan(0, Count);

    /// <summary>Whether the group had rows before, a group each.</summary>
    public ReadOnlySpan<bool> Existed => _existed.AsSpan(0, Count);

    public void Touch(int slot, bool existed)
    {
        if (Count == _slots.Length)
        {
            Array.Resize(ref _slots, Math.Max(256, 2 * Count));
            Array.Resize(ref _existed, _slots.Length);
        }
        _slots[Count] = slot;
        _existed[Count++] = existed;
    }

    /// <summary>The groups touched from <paramref name="first"/> on make a part.</summary>
    /// <param name="before">Their results before, owned from now on; null where nobody needs them.</param>
    public void EndPart(int first, Column[]? before)
    {
        if (Count > first) _parts.Add(new Part(first, Count - first, before));
    }

    public void Clear()
    {
        Dispose();
        _parts.Clear();
        Count = 0;
    }

    public void Dispose()
    {
        foreach (Part part in _parts)
            foreach (Column column in part.Before ?? []) column.Release();
        _parts.Clear();
    }

    public sealed record Part(int First, int Count, Column[]? Before);
}
