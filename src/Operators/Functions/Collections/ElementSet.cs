using Millrace.Shared.Columns;

namespace Millrace.Operators.Functions.Collections;

/// <summary>Elements seen so far, NULL among them; used again for the next row.</summary>
internal sealed class ElementSet(ElementComparer comparer)
{
    private readonly Dictionary<int, List<(Column Column, int Row)>> _byHash = [];

    public void Clear() => _byHash.Clear();

    public bool Contains(Column column, int row) =>
        _byHash.TryGetValue(comparer.Hash(column, row), out List<(Column Column, int Row)>? same) &&
        same.Exists(s => comparer.AreEqual(s.Column, s.Row, column, row));

    /// <returns>False where an equal element is in the set already.</returns>
    public bool Add(Column column, int row)
    {
        if (Contains(column, row)) return false;
        int hash = comparer.Hash(column, row);
        if (!_byHash.TryGetValue(hash, out List<(Column Column, int Row)>? same)) _byHash[hash] = same = [];
        same.Add((column, row));
        return true;
    }

    public void AddAll(ListColumn list, int row)
    {
        for (int e = list.Offsets[row]; e < list.Offsets[row + 1]; e++) Add(list.Children[0], e);
    }
}
