using Millrace.Operators.Expressions;
using Millrace.Operators.Functions.Temporal;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Conversion;

/// <summary>Chooses the kernel of a cast.</summary>
internal static class CastKernels
{
    /// <param name="zone">Of TIMESTAMP_LTZ values.</param>
    /// <param name="isTry">A value that cannot be cast is NULL instead of a failure.</param>
    public static Kernel Choose(LogicalType source, LogicalType target, Zone zone, bool isTry) =>
        throw new MillraceException(ErrorKind.Bug, $"No kernel casts {source} to {target} in {zone} ({isTry}).");
}
