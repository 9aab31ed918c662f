using System.Collections.Immutable;
using Millrace.Operators.Matching;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Ast = Millrace.Sql.Syntax;
using Literal = Millrace.Shared.Expressions.Literal;

namespace Millrace.Sql.Binding;

/// <summary>MATCH_RECOGNIZE by Flink's rules; what Flink refuses is refused here too.</summary>
internal sealed class MatchBinder(BoundTable input, Ast.MatchRecognize match)
{
    private readonly ExpressionBinder _rows = new(input.Scope);

    public BoundTable Bind()
    {
        Refuse();
        ImmutableArray<int> partition = [.. match.PartitionBy.Select(Column)];
        int time = TimeColumn();
        PatternBinder pattern = PatternBinder.Bind(match);
        var expressions = new MatchExpressionBinder(input.Scope, input.Rel.Schema[time].Type, pattern.Names);
        ImmutableArray<PatternVariable> variables = [.. pattern.Names.Select(n => Variable(n, expressions))];
        MatchExpression[] measures = [.. match.Measures.Select(m => expressions.BindMeasure(m.Expression))];
        var plan = new MatchPlan(
            input.Rel.Schema,
            partition,
            time,
            [.. match.OrderBy.Skip(1).Select(Order)],
            pattern.Root,
            variables,
            Within(),
            Skip(pattern),
            [.. measures]);
        var schema = new Schema(
        [
            .. partition.Select(c => input.Rel.Schema[c]),
            .. match.Measures.Zip(measures, (m, e) => new Field(m.Name.Value, e.Expression.Type)),
        ]);
        var rel = new MatchRel(input.Rel, plan, schema, match.Span);
        return match.Alias is null
            ? new BoundTable(rel, Scope.Of(null, schema))
            : FromBinder.Aliased(rel, match.Alias);
    }

    private void Refuse()
    {
        if (match.RowsPerMatch == Ast.RowsPerMatch.All)
            throw Unsupported("ALL ROWS PER MATCH is not supported yet; write ONE ROW PER MATCH.", match);
        if (match.Subsets.Count > 0) throw Unsupported("SUBSET is not supported yet.", match.Subsets[0]);
        if (match.IsAnchoredAtStart || match.IsAnchoredAtEnd)
            throw Unsupported("^ and $ in a pattern are not supported.", match.Pattern);
        if (match.Measures.Count == 0) throw Invalid("MATCH_RECOGNIZE needs MEASURES.", match);
        if (match.OrderBy.Count == 0)
            throw Invalid("MATCH_RECOGNIZE needs ORDER BY with the row time first.", match);
    }

    private int Column(Ast.SqlExpr expression) => _rows.Bind(expression) is InputRef column
        ? column.Index
        : throw Unsupported("PARTITION BY and ORDER BY of MATCH_RECOGNIZE take plain columns.", expression);

    private int TimeColumn()
    {
        Ast.SortKey first = match.OrderBy[0];
        int column = Column(first.Expression);
        LogicalType type = input.Rel.Schema[column].Type;
        if (type.TimeAttribute == TimeAttribute.Proctime)
            throw Unsupported(
                "MATCH_RECOGNIZE in processing time is not supported yet; order by the row time.", first);
        if (type.TimeAttribute == TimeAttribute.None)
            throw Invalid(
                "ORDER BY of MATCH_RECOGNIZE needs a time attribute first, and "
                + $"'{input.Rel.Schema[column].Name}' is {type.AsNullable()}: declare a WATERMARK for it.",
                first);
        return first.IsDescending
            ? throw Invalid("Primary sort order of a streaming table must be ascending on time.", first)
            : column;
    }

    private MatchOrder Order(Ast.SortKey key) =>
        new(Column(key.Expression), key.IsDescending,
            key.NullsFirst is { } first ? !first : key.IsDescending);

    private PatternVariable Variable(string name, MatchExpressionBinder expressions)
    {
        // As in Flink, DEFINE may name variables that the pattern does not have.
        Ast.PatternDefinition[] definitions = [.. match.Define.Where(d => d.Variable.Value == name)];
        if (definitions.Length > 1) throw Invalid($"The variable '{name}' is defined twice.", definitions[1]);
        return new PatternVariable(
            name, definitions.Length == 0 ? null : expressions.BindCondition(definitions[0].Condition));
    }

    private long Within()
    {
        if (match.Within is null) return 0;
        if (_rows.Bind(match.Within) is Literal { Type.Kind: TypeKind.IntervalDayTime, Text: { } text })
            return long.Parse(text, System.Globalization.CultureInfo.InvariantCulture) is >= 0 and var ms
                ? ms
                : throw Invalid("WITHIN needs an interval of 0, which is none, or more.", match.Within);
        throw Invalid("WITHIN takes a constant interval of days to seconds.", match.Within);
    }

    private AfterMatch Skip(PatternBinder pattern)
    {
        if (match.AfterMatch is not { } skip) return new AfterMatch(AfterMatchKind.SkipToNextRow);
        if (skip.Variable is null)
            return new AfterMatch(skip.Kind == Ast.AfterMatchKind.PastLastRow
                ? AfterMatchKind.SkipPastLastRow
                : AfterMatchKind.SkipToNextRow);
        int variable = pattern.Names.IndexOf(skip.Variable.Value);
        if (variable < 0)
            throw Invalid($"AFTER MATCH SKIP names '{skip.Variable}', which is not in the pattern.", skip);
        return new AfterMatch(
            skip.Kind == Ast.AfterMatchKind.ToFirst ? AfterMatchKind.SkipToFirst : AfterMatchKind.SkipToLast,
            variable);
    }

    private static SqlException Invalid(string message, Ast.SqlNode at) =>
        new(SqlErrorKind.Invalid, message, at.Span);

    private static SqlException Unsupported(string message, Ast.SqlNode at) =>
        new(SqlErrorKind.Unsupported, message, at.Span);
}
