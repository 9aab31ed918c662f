using Millrace.Sql.Syntax;
using Xunit;

namespace Millrace.Sql.Tests.Syntax;

public class CaseParseTests
{
    /// <summary>Cases of texts that Flink's grammar refuses, and ours.</summary>
    private static readonly string[] _refused =
        ["quantifier_without_lower_bound_refused", "where_without_from", "position_with_comma"];

    [Fact]
    public void Every_query_and_view_of_the_cases_parses_and_prints_back_to_an_equal_tree() =>
        CheckAll(
            ["query", "view"],
            text => SqlParser.ParseQuery(text),
            tree => SqlParser.ParseQuery(SqlPrinter.Print(tree)));

    [Fact]
    public void Every_column_list_of_the_cases_parses_and_prints_back_to_an_equal_tree() =>
        CheckAll(
            ["table"],
            text => SqlParser.ParseColumnList(text),
            list => SqlParser.ParseColumnList(string.Join(", ", list.Select(SqlPrinter.Print))));

    [Fact]
    public void Every_job_parses_and_prints_back_to_equal_statements()
    {
        foreach (var path in Directory.GetFiles(Path.Combine(Samples.Root, "jobs"), "*.sql"))
        {
            var text = File.ReadAllText(path).Replace("${", "", StringComparison.Ordinal);
            var statements = SqlParser.ParseScript(text, path);
            Assert.NotEmpty(statements);
            Assert.All(statements,
                s => Assert.Equal(s, Assert.Single(SqlParser.ParseScript(SqlPrinter.Print(s), null))));
        }
    }

    private static void CheckAll<T>(string[] kinds, Func<string, T> parse, Func<T, T> again)
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var (name, head, text) in Samples.Sections(kinds))
        {
            if (_refused.Contains(name)) continue;
            count++;
            try
            {
                var tree = parse(text);
                if (!Equals(again(tree), tree)) failures.Add($"{name} {head}: another tree");
            }
            catch (SqlException error)
            {
                failures.Add($"{name} {head}: {error.Render()}");
            }
        }

        Assert.True(count > 300, $"only {count} texts");
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }
}
