using System.Collections.Immutable;
using Millrace.Shared.Connect;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// Moves into a scan what its format can do in the pass over the bytes: fields of a JSON text column become
/// columns of the scan, and the text itself goes where nothing else needs it; equalities that all readers ask
/// for become the scan's prefilter (the calcs keep them).
/// </summary>
internal sealed class ScanPushDown(ImmutableArray<SinkRel> sinks)
{
    private readonly RelGraph _graph = new(sinks);
    private readonly Dictionary<ScanRel, NewScan> _scans = new(ReferenceEqualityComparer.Instance);

    public ImmutableArray<SinkRel> Run()
    {
        foreach (ScanRel scan in _graph.InputsFirst.OfType<ScanRel>()) _scans[scan] = Plan(scan);
        return RelGraph.Rewrite(sinks, (rel, old) => rel switch
        {
            ScanRel scan => _scans[scan].Scan,
            CalcRel calc when ((CalcRel)old).Input is ScanRel scan => Rewritten(calc, _scans[scan]),
            _ => rel,
        });
    }

    /// <param name="Old">The scan as it was.</param>
    /// <param name="Map">Where each old column of the scan went; -1 where it is gone.</param>
    private sealed record NewScan(ScanRel Old, ScanRel Scan, int[] Map)
    {
        /// <summary>An expression over the old scan's columns over the new one's.</summary>
        public Expr Move(Expr expression) => ExprTree.Rewrite(expression, e =>
        {
            if (e is InputRef reference) return reference with { Index = Map[reference.Index] };
            if (AsJson(e, Old) is not { } column) return null;
            int index = Scan.JsonColumns.IndexOf(column);
            return index < 0 ? null : new InputRef(Scan.Columns.Length + index, column.Type);
        });
    }

    private NewScan Plan(ScanRel scan)
    {
        CalcRel[] calcs = [.. _graph.ReadersOf(scan).OfType<CalcRel>().Distinct()];
        bool onlyCalcs = _graph.ReadersOf(scan).All(r => r is CalcRel);
        JsonScanColumn[] json = onlyCalcs && scan.Table.Abilities.DecodesJsonFields
            ? [.. calcs.SelectMany(Expressions).SelectMany(e => JsonCalls(e, scan)).Distinct()]
            : [];
        ScanEquality[]? computed = ComputedRows(calcs, json.Where(IsTyped), scan);
        if (computed is null) json = [.. json.Where(j => !IsTyped(j))];
        HashSet<int> used = onlyCalcs
            ? [.. calcs.SelectMany(Expressions).SelectMany(e => OtherColumns(e, scan, json))]
            : [.. Enumerable.Range(0, scan.Columns.Length)];
        if (scan.Table.Watermark is { } watermark)
            used.UnionWith(ExprTree.Columns(watermark.Expression).Append(watermark.Rowtime)
                .Select(c => scan.Columns.IndexOf(c)));
        if (used.Count == 0 && json.Length == 0) used.Add(0);
        int[] kept = [.. Enumerable.Range(0, scan.Columns.Length).Where(used.Contains)];
        var map = Enumerable.Range(0, scan.Columns.Length).Select(i => Array.IndexOf(kept, i)).ToArray();
        ScanRel narrowed = scan with
        {
            Columns = [.. kept.Select(i => scan.Columns[i])],
            JsonColumns = [.. json],
            Computed = computed is null ? null : [.. computed.Select(c => c with { Column = map[c.Column] })],
            Schema = new Schema(
                [.. kept.Select(i => scan.Schema[i]), .. json.Select(j => new Field(j.Name, j.Type))]),
        };
        var planned = new NewScan(scan, narrowed, map);
        return onlyCalcs
            ? planned with { Scan = narrowed with { Prefilter = Prefilter(calcs, planned) } }
            : planned;
    }

    /// <summary>
    /// A value of another type is an error then, but only in a row in which the call is evaluated.
    /// </summary>
    private static bool IsTyped(JsonScanColumn column) => column.Type.Kind != TypeKind.VarChar;

    /// <summary>
    /// What a row must meet so that all these calls are evaluated for certain, over the old scan's columns;
    /// null where that cannot be said in equalities of texts. Such calls stay where they are and fail by
    /// themselves.
    /// </summary>
    private static ScanEquality[]? ComputedRows(
        CalcRel[] calcs, IEnumerable<JsonScanColumn> typed, ScanRel scan)
    {
        ScanEquality[]? rows = null;
        foreach (CalcRel calc in calcs)
        {
            ScanEquality?[] own = [.. Conditions(calc).Select(AsEquality)];
            if (Array.Exists(own, e => e is null || scan.Columns[e.Column] >= scan.Table.Spec.Physical.Count))
                return null;
            if (rows is not null && !rows.ToHashSet().SetEquals(own!)) return null;
            rows = own!;
        }
        HashSet<JsonScanColumn> certain =
            [.. calcs.SelectMany(c => c.Outputs.SelectMany(e => CertainCalls(e, scan, [.. Conditions(c)])))];
        return typed.All(certain.Contains) ? rows : null;
    }

    private static IEnumerable<Expr> Conditions(CalcRel calc) =>
        calc.Condition is null ? [] : Functions.Conjuncts(calc.Condition);

    /// <summary>The calls that are evaluated whatever the values are.</summary>
    /// <param name="known">What holds of every row that is computed with.</param>
    private static IEnumerable<JsonScanColumn> CertainCalls(Expr expression, ScanRel scan, Expr[] known)
    {
        if (AsJson(expression, scan) is { } column) return [column];
        if (expression is not Call call) return [];
        IEnumerable<Expr> reached = call.Function switch
        {
            "TRY_CAST" => [],
            "CASE" or "COALESCE" or "IF" or "IFNULL" or "OR" => call.Arguments.Take(1),
            "AND" => call.Arguments.Take(call.Arguments.TakeWhile(known.Contains).Count() + 1),
            _ => call.Arguments,
        };
        return reached.SelectMany(a => CertainCalls(a, scan, known));
    }

    private static IEnumerable<Expr> Expressions(CalcRel calc) =>
        calc.Condition is null ? calc.Outputs : calc.Outputs.Append(calc.Condition);

    private static IEnumerable<JsonScanColumn> JsonCalls(Expr expression, ScanRel scan)
    {
        if (AsJson(expression, scan) is { } column) return [column];
        return expression is Call call ? call.Arguments.SelectMany(a => JsonCalls(a, scan)) : [];
    }

    /// <summary>The columns that an expression reads other than to take JSON fields out.</summary>
    private static IEnumerable<int> OtherColumns(Expr expression, ScanRel scan, JsonScanColumn[] json)
    {
        if (expression is InputRef reference) return [reference.Index];
        if (AsJson(expression, scan) is { } column && json.Contains(column)) return [];
        return expression is Call call ? call.Arguments.SelectMany(a => OtherColumns(a, scan, json)) : [];
    }

    private static JsonScanColumn? AsJson(Expr expression, ScanRel scan)
    {
        if (Costs.JsonPath(expression) is not { } path) return null;
        int column = scan.Columns[((InputRef)((Call)expression).Arguments[0]).Index];
        if (column >= scan.Table.Spec.Physical.Count) return null;
        string name = $"{scan.Table.Base[column].Name}.{string.Join('.', path)}";
        return new JsonScanColumn(column, [.. path], name, expression.Type.AsNullable());
    }

    private static CalcRel Rewritten(CalcRel calc, NewScan scan) => calc with
    {
        Condition = calc.Condition is null ? null : scan.Move(calc.Condition),
        Outputs = [.. calc.Outputs.Select(scan.Move)],
    };

    /// <summary>
    /// The equalities of a string column with a text that every reader asks for. None where a match
    /// downstream lives by the watermark: the rows that are left out move it too.
    /// </summary>
    private ImmutableArray<ScanEquality> Prefilter(CalcRel[] calcs, NewScan planned)
    {
        if (calcs.Length == 0 || (planned.Old.Table.Watermark is not null && FeedsMatch(planned.Old)))
            return [];
        IEnumerable<ScanEquality>? common = null;
        foreach (CalcRel calc in calcs)
        {
            ScanEquality[] own =
                [.. Conditions(calc).Select(c => AsEquality(planned.Move(c))).OfType<ScanEquality>()];
            common = common is null ? own : common.Intersect(own);
        }
        return [.. common!];
    }

    private static ScanEquality? AsEquality(Expr condition) => condition switch
    {
        Call { Function: "=", Arguments: [InputRef column, Literal { Text: { } text }] }
            when IsText(column) =>
            new ScanEquality(column.Index, text),
        Call { Function: "=", Arguments: [Literal { Text: { } text }, InputRef column] }
            when IsText(column) =>
            new ScanEquality(column.Index, text),
        _ => null,
    };

    private static bool IsText(InputRef column) => column.Type.Kind == TypeKind.VarChar;

    private bool FeedsMatch(Rel rel) => rel is MatchRel || _graph.ReadersOf(rel).Any(FeedsMatch);
}
