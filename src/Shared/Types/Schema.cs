using System.Collections.Immutable;

namespace Millrace.Shared.Types;

/// <summary>The columns of a stream or a table, in order; names are case-sensitive as in Flink.</summary>
public sealed record Schema(ImmutableArray<Field> Fields)
{
    public static readonly Schema Empty = new([]);

    public int Count => Fields.Length;

    public Field this[int index] => Fields[index];

    public static Schema Of(params ReadOnlySpan<Field> fields) => new([.. fields]);

    /// <returns>The index of the column, or -1.</returns>
    public int IndexOf(string name)
    {
        for (int i = 0; i < Fields.Length; i++)
            if (Fields[i].Name == name) return i;
        return -1;
    }

    public bool Equals(Schema? other) =>
        other is not null && Fields.AsSpan().SequenceEqual(other.Fields.AsSpan());

    public override int GetHashCode() => Fields.Length;

    public override string ToString() => string.Join(", ", Fields.Select(f => $"{f.Name} {f.Type}"));
}
