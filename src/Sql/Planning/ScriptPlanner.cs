using System.Collections.Immutable;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Ast = Millrace.Sql.Syntax;

namespace Millrace.Sql.Planning;

/// <summary>
/// Runs through the statements of a script: definitions into the catalog, at most one of them a job.
/// </summary>
internal sealed class ScriptPlanner(PlannerOptions options)
{
    private const string QuerySink = "query result";

    private readonly TableCatalog _catalog = new();
    private readonly SessionOptions _session = new();
    private readonly List<string> _explanations = [];
    private Ast.Statement? _job;
    private JobPlan? _plan;
    private Schema? _result;

    public PlannedScript Plan(IReadOnlyList<Ast.Statement> statements)
    {
        foreach (Ast.Statement statement in statements) Apply(statement);
        return new PlannedScript(
            _plan?.Graph,
            _session.Values,
            [.. _explanations],
            _plan is null ? [] : [.. _plan.Sinks.Select(s => s.Table.Spec).DistinctBy(s => s.Name)],
            _result)
        {
            Explanation = _plan?.Explain(),
        };
    }

    private void Apply(Ast.Statement statement)
    {
        switch (statement)
        {
            case Ast.CreateTable table:
                if (!(table.IfNotExists && _catalog.Has(table.Name)))
                    _catalog.Add(TableBuilder.Build(table, options.Connectors, options.Folder), table.Name);
                break;
            case Ast.CreateView view:
                if (!(view.IfNotExists && _catalog.Has(view.Name))) AddView(view);
                break;
            case Ast.DropStatement drop:
                _catalog.Drop(drop);
                break;
            case Ast.SetStatement set:
                _session.Apply(set);
                break;
            case Ast.ResetStatement reset:
                _session.Reset(reset);
                break;
            case Ast.ExplainStatement explain:
                _explanations.Add(PlanJob(SinksOf(explain.Explained)).Explain());
                break;
            case Ast.InsertStatement or Ast.StatementSet or Ast.QueryStatement:
                SetJob(statement);
                break;
            default:
                throw Refuse(statement);
        }
    }

    private void AddView(Ast.CreateView view)
    {
        Rel query = new QueryBinder(_catalog).Bind(view.Query);
        _catalog.Add(
            QueryBinder.OnceNamed(QueryBinder.Rename(query, view.Columns, view), view.Name), view.Name);
    }

    private void SetJob(Ast.Statement statement)
    {
        if (_job is not null)
            throw new SqlException(
                SqlErrorKind.Invalid,
                "A script is one job: write several INSERTs as EXECUTE STATEMENT SET BEGIN INSERT …; INSERT "
                + "…; END.",
                statement.Span);
        _job = statement;
        _plan = PlanJob(SinksOf(statement));
    }

    private JobPlan PlanJob(ImmutableArray<SinkRel> sinks) => JobPlan.Of(sinks, _session, options);

    private ImmutableArray<SinkRel> SinksOf(Ast.Statement statement) => statement switch
    {
        Ast.InsertStatement insert => [InsertBinder.Bind(insert, _catalog)],
        Ast.StatementSet set => [.. set.Inserts.Select(i => InsertBinder.Bind(i, _catalog))],
        Ast.QueryStatement query => [QueryResult(query)],
        _ => throw Refuse(statement),
    };

    private SinkRel QueryResult(Ast.QueryStatement statement)
    {
        if (options.QueryConnector is null)
            throw new SqlException(
                SqlErrorKind.Invalid, "A query alone is no job: write INSERT INTO table before it.",
                statement.Span);
        Rel query = QueryBinder.UniquelyNamed(new QueryBinder(_catalog).Bind(statement.Query));
        _result = ShownTypes.Of(query);
        var spec = new TableSpec(
            QuerySink,
            new Schema([.. _result.Fields.Select(f => f with { Type = f.Type.AsNullable() })]),
            [],
            [],
            ImmutableSortedDictionary<string, string>.Empty.Add("connector", options.QueryConnector));
        IConnector connector = options.Connectors.Find(spec);
        var table = new CatalogTable(spec, connector.Check(spec), connector, query.Schema, [], null);
        return new SinkRel(query, table, statement.Span);
    }

    private static SqlException Refuse(Ast.Statement statement) => new(
        SqlErrorKind.Unsupported,
        statement is Ast.OtherStatement other
            ? $"{other.Verb} is not supported."
            : "This statement is not supported here.",
        statement.Span);
}
