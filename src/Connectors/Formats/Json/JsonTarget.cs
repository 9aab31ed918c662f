using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Formats.Json;

/// <summary>
/// Something that a scan wants of a line: a member of the object, or a path in the text of one.
/// </summary>
/// <param name="bit">One bit, its own in the scan.</param>
/// <param name="builders">Take one value each a row; none for a member of which only paths are
/// wanted.</param>
internal abstract class JsonTarget(ulong bit, ColumnBuilder[] builders)
{
    public ulong Bit => bit;

    public ColumnBuilder[] Builders => builders;

    /// <summary>
    /// Rows in which the value is another text than this may be left out; null where all are wanted.
    /// </summary>
    public byte[]? Wanted { get; init; }

    /// <summary>The type of the only builder's column, or null where there are none or several.</summary>
    public abstract LogicalType? Type { get; }

    /// <summary>Appends a value to every builder.</summary>
    /// <returns>False where the value cannot be converted; the row is to be given up.</returns>
    public abstract bool TryAppend(ReadOnlySpan<byte> text, JsonSlice value);

    public void AppendNull()
    {
        foreach (ColumnBuilder builder in builders) builder.AppendNull();
    }
}

internal sealed class JsonMemberTarget(
    ulong bit, JsonScanMember member, LogicalType type, JsonNullable converter)
    : JsonTarget(bit, member.Outputs)
{
    /// <summary>Whether paths in its text are wanted.</summary>
    public bool HasFields => member.Text is not null;

    public override LogicalType? Type => Builders.Length == 1 ? type : null;

    public override bool TryAppend(ReadOnlySpan<byte> text, JsonSlice value)
    {
        foreach (ColumnBuilder builder in member.Outputs)
            if (converter.Append(text, value, builder) is not null) return false;
        return true;
    }
}

/// <param name="isStrict">Whether a scalar of another type may be an error, which the general reader
/// decides.</param>
internal sealed class JsonFieldTarget(
    ulong bit, JsonScanColumn[] columns, ColumnBuilder[] builders, bool isStrict)
    : JsonTarget(bit, builders)
{
    public override LogicalType? Type => Builders.Length == 1 ? columns[0].Type : null;

    public override bool TryAppend(ReadOnlySpan<byte> text, JsonSlice value)
    {
        bool fits = true;
        for (int i = 0; i < columns.Length; i++)
            fits &= JsonFieldConverter.Append(text, value, columns[i].Type, Builders[i]);
        return fits || !isStrict;
    }
}
