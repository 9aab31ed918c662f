using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Matching;

/// <summary>
/// The conditions of the variables. Those that look at nothing but the row itself are computed once, for a
/// whole batch as it arrives, and kept as a bit of the row; the others row by row, over the match so far.
/// </summary>
internal sealed class MatchConditions
{
    private readonly List<RowCondition> _ofRow = [];
    private readonly MatchCondition?[] _ofMatch;
    private readonly uint _always;
    private int[] _rows = [];

    public MatchConditions(MatchPlan plan, KeptColumns kept, EvaluationContext context)
    {
        _ofMatch = new MatchCondition?[plan.Variables.Length];
        for (int v = 0; v < plan.Variables.Length; v++)
        {
            MatchExpression? condition = plan.Variables[v].Condition;
            if (condition is null) _always |= 1u << v;
            else if (LooksAtRowOnly(condition, v)) _ofRow.Add(new RowCondition(condition, 1u << v, context));
            else _ofMatch[v] = new MatchCondition(condition, kept, context);
        }
    }

    /// <summary>Whether the condition of the variable needs the candidate row alone.</summary>
    public static bool LooksAtRowOnly(MatchExpression condition, int variable) =>
        condition.References.All(r =>
            r is MatchColumn { IsFirst: false, Offset: 0 } c && (c.Variable < 0 || c.Variable == variable));

    /// <summary>Whether the variable's condition is a bit of the row.</summary>
    public bool IsOfRow(int variable) => _ofMatch[variable] is null;

    /// <summary>Computes the bits of each row.</summary>
    public void Fill(ColumnBatch batch, Span<uint> fits)
    {
        fits.Fill(_always);
        if (_rows.Length < batch.RowCount) _rows = new int[batch.RowCount];
        foreach (RowCondition condition in _ofRow) condition.Fill(batch, fits, _rows);
    }

    /// <summary>Whether the candidate of the view fits the variable, by a condition that is no bit.</summary>
    public bool Holds(int variable, in MatchView view) => _ofMatch[variable]!.Holds(view);

    private sealed class RowCondition
    {
        private readonly Evaluator _evaluator;
        private readonly int[] _columns;
        private readonly uint _bit;

        public RowCondition(MatchExpression condition, uint bit, EvaluationContext context)
        {
            _evaluator = Evaluator.Compile(condition.Expression, context);
            _columns = [.. condition.References.Cast<MatchColumn>().Select(c => c.Column)];
            _bit = bit;
        }

        public void Fill(ColumnBatch batch, Span<uint> fits, int[] rows)
        {
            var columns = new Column[_columns.Length];
            for (int c = 0; c < columns.Length; c++) columns[c] = batch.Columns[_columns[c]].Retain();
            var input = new ColumnBatch(columns, batch.RowCount);
            int passed = _evaluator.Filter(input, rows);
            input.Release();
            for (int i = 0; i < passed; i++) fits[rows[i]] |= _bit;
        }
    }

    private sealed class MatchCondition
    {
        private readonly Evaluator _evaluator;
        private readonly ReferenceColumns _references;

        public MatchCondition(MatchExpression condition, KeptColumns kept, EvaluationContext context)
        {
            _evaluator = Evaluator.Compile(condition.Expression, context);
            _references = new ReferenceColumns(condition.References, kept, context);
        }

        public bool Holds(in MatchView view)
        {
            Span<int> rows = stackalloc int[1];
            _references.Add(view);
            ColumnBatch batch = _references.Build();
            int passed = _evaluator.Filter(batch, rows);
            batch.Release();
            return passed > 0;
        }
    }
}
