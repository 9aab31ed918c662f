using System.Collections.Immutable;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Strings;

/// <summary>Putting texts together.</summary>
internal static class ConcatFunctions
{
    public static FunctionDefinition[] All { get; } =
    [
        new("||", BindOperator, (_, _) => Concat) { IsCheapAndSafe = _ => true },
        new("CONCAT", Signature.Variadic(LogicalType.String, Parameter.String), (_, _) => Concat)
        {
            IsCheapAndSafe = _ => true,
        },
        new("CONCAT_WS", BindWithSeparator, (_, _) => ConcatWithSeparator),
        new("ELT", BindElt, (_, _) => Elt),
        new("REPEAT", Signature.Of(LogicalType.String, Parameter.String, Parameter.Int),
            (_, _) => RowKernels.Text(Repeat)),
    ];

    private static Call BindOperator(CallSite site)
    {
        site.Arity(2);
        if (site.Arguments.All(a => a.Type.IsBinary))
        {
            long length = (long)site.Type(0).Precision + site.Type(1).Precision;
            return site.Call(LogicalType.VarBinary((int)System.Math.Min(length, LogicalType.MaxLength)));
        }
        if (site.Arguments.Any(a => !a.Type.IsCharacter && a.Type.Kind != TypeKind.Null))
            throw site.Refuse("(STRING, STRING); write CAST(value AS STRING) for other types");
        ImmutableArray<Expr> arguments = Signature.Check(site, 2, Parameter.String, Parameter.String);
        return site.Call(StringTypes.Sum(arguments.Select(a => a.Type)), arguments);
    }

    /// <summary>NULL values are left out, so only a NULL separator gives NULL.</summary>
    private static Call BindWithSeparator(CallSite site)
    {
        site.Arity(1, int.MaxValue);
        Parameter[] parameters = [.. Enumerable.Repeat(Parameter.String, site.Count)];
        return site.Call(LogicalType.String, Signature.Check(site, site.Count, parameters));
    }

    private static Call BindElt(CallSite site)
    {
        site.Arity(2, int.MaxValue);
        Parameter[] parameters = [Parameter.Int, .. Enumerable.Repeat(Parameter.String, site.Count - 1)];
        ImmutableArray<Expr> arguments = Signature.Check(site, site.Count, parameters);
        LogicalType common = CommonType.Of(arguments.Skip(1).Select(a => a.Type))!;
        return site.CallExactly(common.AsNullable(), arguments);
    }

    private static Column Concat(ReadOnlySpan<Operand> arguments, int count)
    {
        var output = new BytesColumnBuilder(count, 32);
        for (int row = 0; row < count; row++)
        {
            if (RowKernels.AnyNull(arguments, row))
            {
                output.AppendNull();
                continue;
            }
            int size = 0;
            foreach (Operand argument in arguments) size += argument.Bytes(row).Length;
            Span<byte> room = output.Reserve(size);
            foreach (Operand argument in arguments)
            {
                ReadOnlySpan<byte> part = argument.Bytes(row);
                part.CopyTo(room);
                room = room[part.Length..];
            }
            output.Commit(size);
        }
        return output.Build();
    }

    private static Column ConcatWithSeparator(ReadOnlySpan<Operand> arguments, int count)
    {
        var output = new BytesColumnBuilder(count, 32);
        for (int row = 0; row < count; row++)
            if (arguments[0].IsNull(row)) output.AppendNull();
            else Join(arguments[0].Bytes(row), arguments[1..], row, output);
        return output.Build();
    }

    private static void Join(
        ReadOnlySpan<byte> separator, ReadOnlySpan<Operand> parts, int row, BytesColumnBuilder output)
    {
        int most = 0;
        foreach (Operand part in parts)
            most += separator.Length + (part.IsNull(row) ? 0 : part.Bytes(row).Length);
        Span<byte> room = output.Reserve(most);
        int size = 0;
        bool isFirst = true;
        foreach (Operand part in parts)
        {
            if (part.IsNull(row)) continue;
            if (!isFirst)
            {
                separator.CopyTo(room[size..]);
                size += separator.Length;
            }
            isFirst = false;
            part.Bytes(row).CopyTo(room[size..]);
            size += part.Bytes(row).Length;
        }
        output.Commit(size);
    }

    /// <summary>The text at a position from 1; NULL for a position that none stands at.</summary>
    private static Column Elt(ReadOnlySpan<Operand> arguments, int count)
    {
        var output = new BytesColumnBuilder(count);
        for (int row = 0; row < count; row++)
        {
            int index = arguments[0].IsNull(row) ? 0 : arguments[0].Value<int>(row);
            bool isThere = index >= 1 && index < arguments.Length && !arguments[index].IsNull(row);
            if (isThere) output.Append(arguments[index].Bytes(row));
            else output.AppendNull();
        }
        return output.Build();
    }

    private static void Repeat(ReadOnlySpan<Operand> arguments, int row, BytesColumnBuilder output)
    {
        ReadOnlySpan<byte> text = arguments[0].Bytes(row);
        int times = System.Math.Max(0, arguments[1].Value<int>(row));
        int size = StringLimits.Check("REPEAT", (long)text.Length * times);
        Span<byte> room = output.Reserve(size);
        for (int at = 0; at < size; at += text.Length) text.CopyTo(room[at..]);
        output.Commit(size);
    }
}
