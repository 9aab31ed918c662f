using System.Text;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Conversion;

/// <summary>CAST, TRY_CAST and TYPEOF.</summary>
internal static class ConversionFunctions
{
    public static FunctionDefinition[] All =>
    [
        Cast(Casts.Cast, isTry: false),
        Cast(Casts.TryCast, isTry: true),
        new("TYPEOF", BindTypeOf),
    ];

    private static FunctionDefinition Cast(string name, bool isTry) => new(
        name,
        _ => throw new FunctionException($"{name} takes a type: {name}(value AS TYPE)."),
        (call, context) => CastKernels.Choose(call.Arguments[0].Type, call.Type, context.Zone, isTry))
    {
        IsCheapAndSafe = IsCheap,
    };

    private static bool IsCheap(Call call)
    {
        LogicalType source = call.Arguments[0].Type, target = call.Type;
        return CastKernels.IsSameValue(source, target)
            || (target.IsNumeric && target.Kind != TypeKind.Decimal && source.Kind < TypeKind.Decimal)
            || (target.Kind == TypeKind.Boolean && source.IsNumeric);
    }

    /// <summary>
    /// A constant: the type of the argument; with TRUE also STRING is spelled VARCHAR(2147483647).
    /// </summary>
    private static Literal BindTypeOf(CallSite site)
    {
        site.Arity(1, 2);
        if (site.Count == 2 && site[1] is not Literal { Type.Kind: TypeKind.Boolean })
            throw site.Refuse("a value and, if wanted, TRUE or FALSE");
        string text = site.Type(0).WithoutTimeAttribute().ToString();
        bool isFull = site.Count == 2
            && site.LiteralText(1)?.Equals("true", StringComparison.OrdinalIgnoreCase) == true;
        if (isFull)
            text = text.Replace("STRING", $"VARCHAR({LogicalType.MaxLength})", StringComparison.Ordinal)
                .Replace("BYTES", $"VARBINARY({LogicalType.MaxLength})", StringComparison.Ordinal);
        return new Literal(text, LogicalType.String);
    }
}
