using System.Collections.Immutable;
using Millrace.Shared.Expressions;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// Makes calcs of projections and filters, and one calc of two that follow each other, unless that would
/// compute something costly twice. A calc above a union moves into its branches, where it can join their
/// chains. A calc that changes nothing goes.
/// </summary>
internal sealed class CalcMerger(ImmutableArray<SinkRel> sinks)
{
    private readonly RelGraph _graph = new(sinks);

    // The relations of the new tree that several readers share: no reader may swallow them.
    private readonly HashSet<Rel> _shared = new(ReferenceEqualityComparer.Instance);

    public ImmutableArray<SinkRel> Run() => RelGraph.Rewrite(sinks, (rel, old) =>
    {
        Rel changed = Change(rel);
        if (_graph.IsShared(old)) _shared.Add(changed);
        return changed;
    });

    private Rel Change(Rel rel)
    {
        CalcRel? calc = rel switch
        {
            FilterRel f =>
                new CalcRel(f.Input, f.Condition, [.. QueryBinder.References(f.Schema)], f.Schema, f.Span),
            ProjectRel p => new CalcRel(p.Input, null, p.Outputs, p.Schema, p.Span),
            _ => null,
        };
        return calc is null ? rel : Simplify(calc);
    }

    private Rel Simplify(CalcRel calc)
    {
        if (calc.Input is UnionRel union && !_shared.Contains(union))
            return union with
            {
                Branches = [.. union.Branches.Select(b => Simplify(calc with { Input = b }))],
                Schema = calc.Schema,
            };
        if (calc.Input is CalcRel below && !_shared.Contains(below) && CanMerge(calc, below))
            calc = Merge(calc, below);
        return IsIdentity(calc) ? calc.Input : calc;
    }

    private static CalcRel Merge(CalcRel above, CalcRel below)
    {
        Expr? condition =
            above.Condition is null ? null : ExprTree.Substitute(above.Condition, below.Outputs);
        return above with
        {
            Input = below.Input,
            Condition = Functions.AllOf(
                new[] { below.Condition, condition }.OfType<Expr>().SelectMany(Functions.Conjuncts)),
            Outputs = [.. above.Outputs.Select(e => ExprTree.Substitute(e, below.Outputs))],
        };
    }

    private static bool CanMerge(CalcRel above, CalcRel below)
    {
        bool decodesJson = below.Input is ScanRel { Table.Abilities.DecodesJsonFields: true };
        IEnumerable<Expr> readers =
            above.Condition is null ? above.Outputs : above.Outputs.Append(above.Condition);
        foreach (IGrouping<int, int> uses in readers.SelectMany(ExprTree.Columns).GroupBy(c => c))
        {
            Expr value = below.Outputs[uses.Key];
            if (!Costs.IsFree(value, decodesJson) && uses.Count() > 1) return false;
            if (Costs.IsVolatile(value) && above.Condition is not null) return false;
        }
        return true;
    }

    private static bool IsIdentity(CalcRel calc) =>
        calc.Condition is null && calc.Outputs.Length == calc.Input.Schema.Count
        && calc.Outputs.Select((e, i) => e is InputRef r && r.Index == i).All(x => x);
}
