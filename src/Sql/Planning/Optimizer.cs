using System.Collections.Immutable;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>Rewrites bound trees into equal ones that cost less.</summary>
internal static class Optimizer
{
    public static ImmutableArray<SinkRel> Optimize(ImmutableArray<SinkRel> sinks) =>
        [.. sinks.Select(s => (SinkRel)ToCalc(s))];

    private static Rel ToCalc(Rel rel)
    {
        Rel inner = rel.WithInputs([.. rel.Inputs.Select(ToCalc)]);
        return inner switch
        {
            FilterRel f => new CalcRel(f.Input, f.Condition, [.. QueryBinder.References(f.Schema)], f.Schema, f.Span),
            ProjectRel p => new CalcRel(p.Input, null, p.Outputs, p.Schema, p.Span),
            _ => inner,
        };
    }
}
