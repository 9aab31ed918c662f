using Xunit;

namespace Millrace.LocalCluster.Tests.EdNetModel;

public sealed class NaiveModelTests
{
    private readonly NaiveModel _model = NaiveModel.Read(Repository.EdNet);

    [Fact]
    public void The_wide_table_has_the_published_number_of_rows() =>
        Assert.Equal(48_754, Distinct(_model.WideRows()));

    [Fact]
    public void The_daily_table_has_the_published_number_of_rows() =>
        Assert.Equal(3_796, Distinct(_model.DailyRows()));

    [Fact]
    public void The_alert_table_has_the_published_number_of_rows() =>
        Assert.Equal(6_142, Distinct(_model.AlertRows()));

    [Fact]
    public void Copies_multiply_every_table()
    {
        NaiveModel three = NaiveModel.Read(Repository.EdNet, copyCount: 3);
        Assert.Equal(3 * 48_754, Distinct(three.WideRows()));
        Assert.Equal(3 * 3_796, Distinct(three.DailyRows()));
        Assert.Equal(3 * 6_142, Distinct(three.AlertRows()));
    }

    /// <summary>
    /// The rows that differ in their key, the first column, or the first and fourth of the daily table.
    /// </summary>
    private static int Distinct(List<string> rows) => rows.Distinct().Count();
}
