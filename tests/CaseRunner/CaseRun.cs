using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using Millrace.Sql;
using Millrace.Sql.Syntax;
using Millrace.TaskManager.Runtime;

namespace Millrace.CaseRunner;

/// <summary>How a case is run.</summary>
internal enum CaseMode
{
    /// <summary>From the first row to the last.</summary>
    Straight,

    /// <summary>
    /// Around every row: a checkpoint, the row, then everything since the checkpoint is lost and the row
    /// comes again to a job restored from it.
    /// </summary>
    Restored,

    /// <summary>As Restored, and each restore changes the parallelism.</summary>
    Rescaled,
}

/// <summary>Plans a case, feeds it row by row through the real runtime in one thread, and compares.</summary>
internal static class CaseRun
{
    public static CaseResult Run(string path, CaseMode mode = CaseMode.Straight)
    {
        CaseFile file = CaseFile.Read(path);
        var connector = new CaseConnector(file);
        PlannedScript planned;
        try
        {
            planned = Plan(file, connector, parallelism: 1);
        }
        catch (SqlException e)
        {
            return Refused(file, e);
        }
        catch (Exception e)
        {
            return new CaseResult(
                file.Name, CaseStatus.Failed, $"planning broke: {e.Message} {FirstFrame(e)}");
        }
        try
        {
            Feed(file, connector, planned, mode);
        }
        catch (MillraceException e) when (e.Kind == ErrorKind.Invalid)
        {
            return Failed(file, "run", e.Message);
        }
        catch (Exception e)
        {
            return new CaseResult(
                file.Name, CaseStatus.Failed, $"the run broke: {e.Message} {FirstFrame(e)}");
        }
        return Comparison.Compare(file, planned.Result!, connector.Result);
    }

    private static string FirstFrame(Exception e) =>
        e.StackTrace?.Split('\n')
            .FirstOrDefault(l => l.Contains("Millrace", StringComparison.Ordinal))?.Trim() ?? "";

    private static CaseResult Refused(CaseFile file, SqlException e) => e.SqlKind == SqlErrorKind.Unsupported
        ? new CaseResult(file.Name, CaseStatus.Unsupported, e.Render())
        : Failed(file, "plan", e.Render());

    private static CaseResult Failed(CaseFile file, string stage, string message)
    {
        string expected = file.Expectation.FailsAt ?? "rows";
        return expected == stage
            ? new CaseResult(file.Name, CaseStatus.Passed, message)
            : new CaseResult(
                file.Name, CaseStatus.Failed, $"fails ({stage}), expected {expected}: {message}");
    }

    private static List<Statement> Statements(CaseFile file)
    {
        List<Statement> statements = [new SetStatement("pipeline.auto-watermark-interval", "0 ms")];
        statements.AddRange(file.Options.Select(o => new SetStatement(o.Key, o.Value)));
        foreach (CaseTable table in file.Tables)
            statements.Add(new CreateTable(
                NameOf(table.Name),
                false,
                false,
                SqlParser.ParseColumnList(table.Columns),
                null,
                [],
                [new TableOption("connector", CaseConnector.Source)],
                null,
                null));
        foreach ((string name, string query) in file.Views)
            statements.Add(new CreateView(NameOf(name), false, false, [], null, SqlParser.ParseQuery(query)));
        statements.Add(new QueryStatement(SqlParser.ParseQuery(file.Query)));
        return statements;
    }

    private static QualifiedName NameOf(string name) => new([new Identifier(name)]);

    private static PlannedScript Plan(CaseFile file, CaseConnector connector, int parallelism) =>
        SqlPlanner.Plan(
        Statements(file),
        new PlannerOptions(connector, file.Name, parallelism, QueryConnector: CaseConnector.Collect));

    private static void Feed(CaseFile file, CaseConnector connector, PlannedScript planned, CaseMode mode)
    {
        using var job = new CaseJob(planned.Graph!, connector);
        int parallelism = 1;
        foreach (FeedStep step in file.Steps())
        {
            if (mode == CaseMode.Straight)
            {
                job.Take(step);
                continue;
            }
            if (mode == CaseMode.Rescaled) parallelism = (parallelism % 3) + 1;
            job.Checkpoint();
            job.Take(step);
            job.Restore(parallelism == 1 ? planned.Graph! : Plan(file, connector, parallelism).Graph!);
            job.Take(step);
        }
        if (!job.DataEnded) throw new InvalidOperationException("the job did not end with its tables");
    }
}
