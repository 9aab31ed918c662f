namespace Millrace.Sql.Syntax;

/// <summary>Queries, tables and patterns.</summary>
internal sealed partial class SqlWriter
{
    public void Write(QueryNode query)
    {
        switch (query)
        {
            case Select select: WriteSelect(select); break;
            case SetOperation set: WriteSetOperation(set); break;
            case ValuesQuery values:
                Add("VALUES ");
                AddList(values.Rows, row => AddBracketed(row.Items, Write));
                break;
            case TableQuery table:
                Add("TABLE ");
                Write(table.Table);
                break;
            case OrderedQuery ordered: WriteOrdered(ordered); break;
            case WithQuery with:
                Add("WITH ");
                AddList(with.Tables, WriteCommonTable);
                Add(" ");
                WriteOperand(with.Body, brackets: with.Body is WithQuery);
                break;
            default: throw NoText(query);
        }
    }

    private void WriteOperand(QueryNode query, bool brackets)
    {
        AddIf(brackets, "(");
        Write(query);
        AddIf(brackets, ")");
    }

    private void WriteSetOperation(SetOperation set)
    {
        var isIntersect = set.Operator == SetOperator.Intersect;
        WriteOperand(set.Left, set.Left is OrderedQuery or WithQuery ||
            (isIntersect && set.Left is SetOperation { Operator: not SetOperator.Intersect }));
        Add(" " + set.Operator.ToString().ToUpperInvariant() + (set.IsAll ? " ALL " : " "));
        WriteOperand(set.Right, set.Right is OrderedQuery or WithQuery ||
            (set.Right is SetOperation right && (isIntersect || right.Operator != SetOperator.Intersect)));
    }

    private void WriteOrdered(OrderedQuery ordered)
    {
        WriteOperand(ordered.Input, ordered.Input is OrderedQuery or WithQuery);
        AddClause(" ORDER BY ", ordered.OrderBy, Write);
        if (ordered.Offset is not null)
        {
            Add(" OFFSET ");
            Write(ordered.Offset);
            Add(" ROWS");
        }

        if (ordered.Limit is null) return;
        Add(ordered.Offset is null ? " LIMIT " : " FETCH FIRST ");
        Write(ordered.Limit);
        AddIf(ordered.Offset is not null, " ROWS ONLY");
    }

    private void WriteCommonTable(CommonTable table)
    {
        Write(table.Name);
        Add(" ");
        if (table.Columns.Count > 0) AddBracketed(table.Columns, Write);
        Add(table.Columns.Count > 0 ? " AS " : "AS ");
        WriteOperand(table.Query, brackets: true);
    }

    private void WriteSelect(Select select)
    {
        Add("SELECT ");
        if (select.Hints.Count > 0)
        {
            WriteHints(select.Hints, leading: false);
            Add(" ");
        }

        AddIf(select.IsDistinct, "DISTINCT ");
        AddList(select.Items, WriteItem);
        AddOptional(" FROM ", select.From, Write);
        AddOptional(" WHERE ", select.Where, Write);
        AddOptional(" GROUP BY ", select.GroupBy, WriteGroupBy);
        AddOptional(" HAVING ", select.Having, Write);
        AddClause(" WINDOW ", select.Windows, WriteNamedWindow);
        AddOptional(" QUALIFY ", select.Qualify, Write);
    }

    private void WriteItem(SelectItem item)
    {
        switch (item)
        {
            case ExpressionItem expression:
                Write(expression.Expression);
                AddOptional(" AS ", expression.Alias, Write);
                break;
            case StarItem star:
                AddOptional("", star.Qualifier, name => { Write(name); Add("."); });
                Add("*");
                break;
        }
    }

    private void WriteGroupBy(GroupByClause groupBy)
    {
        AddIf(groupBy.IsDistinct, "DISTINCT ");
        AddList(groupBy.Elements, WriteGrouping);
    }

    private void WriteGrouping(GroupingElement element)
    {
        switch (element)
        {
            case GroupingKeys { Keys.Count: 1 } keys: Write(keys.Keys[0]); break;
            case GroupingKeys keys: AddBracketed(keys.Keys, Write); break;
            case RollupElement rollup: WriteGroupings("ROLLUP", rollup.Items); break;
            case CubeElement cube: WriteGroupings("CUBE", cube.Items); break;
            case GroupingSetsElement sets: WriteGroupings("GROUPING SETS", sets.Items); break;
        }
    }

    private void WriteGroupings(string name, IReadOnlyList<GroupingElement> items)
    {
        Add(name + " ");
        AddBracketed(items, WriteGrouping);
    }

    public void Write(SortKey key)
    {
        Write(key.Expression);
        AddIf(key.IsDescending, " DESC");
        if (key.NullsFirst is { } first) Add(first ? " NULLS FIRST" : " NULLS LAST");
    }

    private void WriteNamedWindow(NamedWindow window)
    {
        Write(window.Name);
        Add(" AS ");
        Write(window.Spec);
    }

    public void Write(WindowSpec window)
    {
        Add("(");
        AddOptional("", window.BaseName, Write);
        AddClause(window.BaseName is null ? "PARTITION BY " : " PARTITION BY ", window.PartitionBy, Write);
        var isFirst = window.BaseName is null && window.PartitionBy.Count == 0;
        AddClause(isFirst ? "ORDER BY " : " ORDER BY ", window.OrderBy, Write);
        AddOptional(isFirst && window.OrderBy.Count == 0 ? "" : " ", window.Frame, WriteFrame);
        Add(")");
    }

    private void WriteFrame(WindowFrame frame)
    {
        Add(frame.IsRows ? "ROWS BETWEEN " : "RANGE BETWEEN ");
        WriteBound(frame.Start);
        Add(" AND ");
        WriteBound(frame.End);
    }

    private void WriteBound(FrameBound bound)
    {
        if (bound.Offset is not null)
        {
            Write(bound.Offset, Precedence.Additive);
            Add(" ");
        }

        Add(bound.Kind switch
        {
            FrameBoundKind.UnboundedPreceding => "UNBOUNDED PRECEDING",
            FrameBoundKind.Preceding => "PRECEDING",
            FrameBoundKind.CurrentRow => "CURRENT ROW",
            FrameBoundKind.Following => "FOLLOWING",
            _ => "UNBOUNDED FOLLOWING",
        });
    }

    public void Write(TableRef table)
    {
        switch (table)
        {
            case NamedTable named: WriteNamedTable(named); break;
            case DerivedTable derived:
                AddIf(derived.IsLateral, "LATERAL ");
                WriteOperand(derived.Query, brackets: true);
                WriteAlias(derived.Alias);
                break;
            case TableFunction function:
                Add(function.IsLateral ? "LATERAL TABLE(" : "TABLE(");
                Write(function.Call);
                Add(")");
                WriteAlias(function.Alias);
                break;
            case UnnestTable unnest:
                Add("UNNEST");
                AddBracketed(unnest.Inputs, Write);
                AddIf(unnest.WithOrdinality, " WITH ORDINALITY");
                WriteAlias(unnest.Alias);
                break;
            case JoinTable join: WriteJoin(join); break;
            case MatchRecognize match: WriteMatch(match); break;
            default: throw NoText(table);
        }
    }

    private void WriteNamedTable(NamedTable table)
    {
        Write(table.Name);
        WriteHints(table.Hints);
        AddOptional(" FOR SYSTEM_TIME AS OF ", table.AsOf, Write);
        WriteAlias(table.Alias);
    }

    private void WriteAlias(TableAlias? alias)
    {
        if (alias is null) return;
        Add(" AS ");
        Write(alias.Name);
        if (alias.Columns.Count == 0) return;
        Add(" ");
        AddBracketed(alias.Columns, Write);
    }

    private void WriteJoin(JoinTable join)
    {
        WriteJoinSide(join.Left, join.Left is JoinTable { IsComma: true } && !join.IsComma);
        Add(join.IsComma ? ", " : join.IsNatural ? " NATURAL " : " ");
        if (!join.IsComma) Add(join.Kind.ToString().ToUpperInvariant() + " JOIN ");
        WriteJoinSide(join.Right, join.Right is JoinTable right && (right.IsComma || !join.IsComma));
        AddOptional(" ON ", join.On, Write);
        if (join.Using.Count == 0) return;
        Add(" USING ");
        AddBracketed(join.Using, Write);
    }

    private void WriteJoinSide(TableRef table, bool brackets)
    {
        AddIf(brackets, "(");
        Write(table);
        AddIf(brackets, ")");
    }

    private void WriteHints(SyntaxList<Hint> hints, bool leading = true)
    {
        if (hints.Count == 0) return;
        Add(leading ? " /*+ " : "/*+ ");
        AddList(hints, WriteHint);
        Add(" */");
    }

    private void WriteHint(Hint hint)
    {
        Write(hint.Name);
        if (hint.Items.Count > 0) AddBracketed(hint.Items, WriteHintItem);
    }

    private void WriteHintItem(HintItem item)
    {
        AddOptional("", item.Key, AddString);
        AddIf(item.Key is not null, " = ");
        AddString(item.Value);
    }
}
