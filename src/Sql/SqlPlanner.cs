using Millrace.Sql.Planning;
using Millrace.Sql.Syntax;

namespace Millrace.Sql;

/// <summary>
/// Flink SQL to a job graph: parse, bind, optimize, plan. Pure: the same text and options give the same
/// graph, and nothing outside is asked but the connectors' option checks.
/// </summary>
public static class SqlPlanner
{
    /// <param name="text">A script, its variables already filled in.</param>
    /// <exception cref="SqlException">
    /// The script does not parse, is invalid, or uses what is not supported yet.
    /// </exception>
    public static PlannedScript Plan(string text, PlannerOptions options)
    {
        IReadOnlyList<Statement> statements = SqlParser.ParseScript(text, options.FileName);
        try
        {
            return Plan(statements, options);
        }
        catch (SqlException e)
        {
            throw e.In(new SqlText(text, options.FileName));
        }
    }

    /// <inheritdoc cref="Plan(string, PlannerOptions)"/>
    public static PlannedScript Plan(IReadOnlyList<Statement> statements, PlannerOptions options) =>
        new ScriptPlanner(options).Plan(statements);
}
