namespace Millrace.Sql.Syntax;

/// <summary>
/// Flink SQL text to syntax trees. Pure; every error is a <see cref="SqlException"/> with its text.
/// </summary>
public static class SqlParser
{
    /// <summary>
    /// The statements of a script, in order; they end at <c>;</c>, which the last one may leave out.
    /// </summary>
    /// <param name="text">The script, its <c>${variables}</c> filled in.</param>
    /// <param name="fileName">The name for errors; null when the text comes from no file.</param>
    public static IReadOnlyList<Statement> ParseScript(string text, string? fileName) =>
        Run(text, fileName, parser => parser.ParseScript());

    /// <summary>One query and nothing else; a <c>;</c> behind it is allowed.</summary>
    public static QueryNode ParseQuery(string text, string? fileName = null) =>
        Run(text, fileName, parser => parser.ParseWholeQuery());

    /// <summary>What stands between the brackets of CREATE TABLE; may be empty.</summary>
    public static SyntaxList<TableElement> ParseColumnList(string text, string? fileName = null) =>
        Run(text, fileName, parser => parser.ParseWholeColumnList());

    /// <summary>One expression and nothing else.</summary>
    public static SqlExpr ParseExpression(string text, string? fileName = null) =>
        Run(text, fileName, parser => parser.ParseWholeExpression());

    private static T Run<T>(string text, string? fileName, Func<Parser, T> parse)
    {
        try
        {
            return parse(new Parser(text));
        }
        catch (SqlException error)
        {
            throw error.In(new SqlText(text, fileName));
        }
    }
}
