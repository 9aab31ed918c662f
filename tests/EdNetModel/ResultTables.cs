using Xunit;

namespace Millrace.EdNetModel;

/// <summary>The three result tables of a run beside those of the naive model, row for row.</summary>
internal static class ResultTables
{
    private static readonly string[] Tables =
        ["dwd_wrong_record_wide_delta", "dws_user_daily_stats", "ads_learning_alert"];

    private static readonly Dictionary<int, List<string>[]> Expected = [];

    public static void AssertEqualToModel(string database, int copyCount) =>
        AssertEqualToModel(table => ResultTable.Rows(database, table), copyCount);

    /// <param name="rows">Of a table.</param>
    public static void AssertEqualToModel(Func<string, List<string>> rows, int copyCount)
    {
        foreach ((int index, string table) in Tables.Index())
            AssertEqual(Of(copyCount)[index], rows(table));
    }

    public static bool Exists(string database, string table) =>
        File.Exists(database)
        && ResultTable.Rows(database, "sqlite_master", "name").Contains(table);

    public static int ExpectedCount(string table, int copyCount) =>
        Of(copyCount)[Array.IndexOf(Tables, table)].Count;

    private static List<string>[] Of(int copyCount)
    {
        lock (Expected)
        {
            if (!Expected.TryGetValue(copyCount, out List<string>[]? tables))
            {
                NaiveModel model = NaiveModel.Read(Repository.EdNet, copyCount);
                tables = [model.WideRows(), model.DailyRows(), model.AlertRows()];
                foreach (List<string> table in tables)
                    table.Sort(StringComparer.Ordinal);
                Expected.Add(copyCount, tables);
            }
            return tables;
        }
    }

    private static void AssertEqual(List<string> expected, List<string> actual)
    {
        actual.Sort(StringComparer.Ordinal);
        Assert.Equal(expected.Except(actual).Take(5), actual.Except(expected).Take(5));
        Assert.Equal(expected.Count, actual.Count);
    }
}
