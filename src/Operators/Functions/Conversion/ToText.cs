using System.Globalization;
using Millrace.Operators.Expressions;
using Millrace.Operators.Functions.Temporal;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Conversion;

/// <summary>
/// Casts to strings, and of strings and binary values to other lengths: cut to n code points (or bytes),
/// padded with spaces (or zeros) where the length is fixed.
/// </summary>
internal static class ToText
{
    public static Kernel Choose(LogicalType source, LogicalType target, Zone zone)
    {
        if (source.IsCharacter) return Resize(target);
        ValueWriter write = ValueWriter.For(source, zone);
        Kernel print = (arguments, count) => Print(write, arguments[0], count);
        if (target is { Kind: TypeKind.VarChar, Precision: LogicalType.MaxLength }) return print;
        Kernel resize = Resize(target);
        return (arguments, count) =>
        {
            Operand text = Operand.Of(print(arguments, count));
            Column resized = resize([text], count);
            text.Release();
            return resized;
        };
    }

    /// <summary>
    /// Of a string or binary column to the length of the type, which may also be the other kind.
    /// </summary>
    public static Kernel Resize(LogicalType target)
    {
        bool pads = target.Kind is TypeKind.Char or TypeKind.Binary;
        if (!pads && target.Precision == LogicalType.MaxLength)
            return static (arguments, _) => arguments[0].Column.Retain();
        byte filler = target.IsCharacter ? (byte)' ' : (byte)0;
        return (arguments, count) =>
        {
            var source = (BytesColumn)arguments[0].Column;
            var builder = new BytesColumnBuilder(count);
            for (int i = 0; i < count; i++)
                if (source.IsNull(i)) builder.AppendNull();
                else Append(builder, source[i], target, pads, filler);
            return builder.Build();
        };
    }

    private static void Append(
        BytesColumnBuilder builder, ReadOnlySpan<byte> value, LogicalType target, bool pads, byte filler)
    {
        int length = target.Precision;
        int taken = length;
        int size = target.IsCharacter
            ? Utf8Text.SizeOfFirst(value, length, out taken)
            : System.Math.Min(value.Length, length);
        int missing = !pads ? 0 : target.IsCharacter ? length - taken : length - size;
        Span<byte> room = builder.Reserve(size + missing);
        value[..size].CopyTo(room);
        room.Slice(size, missing).Fill(filler);
        builder.Commit(size + missing);
    }

    private static Column Print(ValueWriter writer, Operand source, int count)
    {
        var builder = new BytesColumnBuilder(count);
        for (int i = 0; i < count; i++)
            if (source.IsNull(i)) builder.AppendNull();
            else writer.Append(source.Column, source.Row(i), builder);
        return builder.Build();
    }
}
