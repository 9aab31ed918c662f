namespace Millrace.Operators.Tests.Aggregates;

/// <summary>A row of the tests' input: key, an INT, a STRING, a BOOLEAN for FILTER; null is NULL.</summary>
internal sealed record InputRow(int? Key, int? Number, string? Text, bool? Flag);

/// <summary>
/// GROUP BY as it is defined: row by row, every value kept, every result computed from scratch.
/// </summary>
internal sealed class GroupModel
{
    private readonly Dictionary<int, Group> _groups = [];

    public bool Has(int? key) => _groups.ContainsKey(Slot(key));

    public void Apply(InputRow row, bool adds)
    {
        int slot = Slot(row.Key);
        if (!_groups.TryGetValue(slot, out Group? group))
        {
            if (!adds) return;
            _groups[slot] = group = new Group();
        }
        group.Rows += adds ? 1 : -1;
        if (group.Rows == 0)
        {
            _groups.Remove(slot);
            return;
        }
        Change(group.Numbers, row.Number, adds);
        Change(group.Texts, row.Text, adds);
        if (row.Flag == true) Change(group.FlaggedNumbers, row.Number, adds);
        if (row.Flag == true) group.FlaggedRows += adds ? 1 : -1;
        ChangeDistinct(group.DistinctNumbers, group.NumberCounts, row.Number, adds);
        ChangeDistinct(group.DistinctTexts, group.TextCounts, row.Text, adds);
        if (row.Flag == true) ChangeDistinct(group.FlaggedDistinct, group.FlaggedCounts, row.Number, adds);
    }

    /// <summary>The table: key and aggregates as text.</summary>
    public SortedDictionary<string, string> Table()
    {
        var table = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((int slot, Group group) in _groups)
            table.Add(slot == int.MinValue ? "NULL" : Text(slot), Results(group));
        return table;
    }

    private static string Results(Group g) => string.Join('|', (object[])
    [
        g.Rows, g.Numbers.Count, g.FlaggedRows, Null(g.Numbers, n => n.Sum()),
            Null(g.Numbers, n => n.Sum() / n.Count),
        Null(g.Numbers, n => n.Min()), Null(g.FlaggedNumbers, n => n.Max()),
        Null(g.Texts, t => t.Max(StringComparer.Ordinal)!),
        Null(g.Numbers, n => n[0]), Null(g.Texts, t => t[^1]), Null(g.Texts, t => string.Join(';', t)),
        g.DistinctNumbers.Count, Null(g.DistinctNumbers, n => n.Sum()), g.FlaggedDistinct.Count,
        Null(g.DistinctTexts, t => string.Join(',', t)),
    ]);

    private static string Null<T>(List<T> values, Func<List<T>, object> result) =>
        values.Count == 0 ? "NULL" : Text(result(values));

    private static string Text(object value) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value}");

    private static void Change<T>(List<T> values, T? value, bool adds) where T : struct
    {
        if (value is null) return;
        if (adds) values.Add(value.Value);
        else values.Remove(value.Value);
    }

    private static void Change(List<string> values, string? value, bool adds)
    {
        if (value is null) return;
        if (adds) values.Add(value);
        else values.Remove(value);
    }

    private static void ChangeDistinct(List<int> values, Dictionary<int, int> counts, int? value, bool adds)
    {
        if (value is null) return;
        int count = counts.GetValueOrDefault(value.Value);
        counts[value.Value] = count + (adds ? 1 : -1);
        if (adds && count == 0) values.Add(value.Value);
        if (!adds && count == 1) values.Remove(value.Value);
    }

    private static void ChangeDistinct(
        List<string> values, Dictionary<string, int> counts, string? value, bool adds)
    {
        if (value is null) return;
        int count = counts.GetValueOrDefault(value);
        counts[value] = count + (adds ? 1 : -1);
        if (adds && count == 0) values.Add(value);
        if (!adds && count == 1) values.Remove(value);
    }

    private static int Slot(int? key) => key ?? int.MinValue;

    private sealed class Group
    {
        public int Rows;
        public int FlaggedRows;
        public readonly List<int> Numbers = [];
        public readonly List<int> FlaggedNumbers = [];
        public readonly List<string> Texts = [];
        public readonly List<int> DistinctNumbers = [];
        public readonly List<int> FlaggedDistinct = [];
        public readonly List<string> DistinctTexts = [];
        public readonly Dictionary<int, int> NumberCounts = [];
        public readonly Dictionary<int, int> FlaggedCounts = [];
        public readonly Dictionary<string, int> TextCounts = [];
    }
}
