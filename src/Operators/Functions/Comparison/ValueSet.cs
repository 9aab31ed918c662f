using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Comparison;

/// <summary>A set of values of one type by their encoded bytes. Not thread-safe: it has one buffer.</summary>
internal sealed class ValueSet(LogicalType type)
{
    private readonly RowCodec _codec = new(type);
    private readonly ArrayBufferWriter<byte> _buffer = new(64);
    private readonly HashSet<byte[]> _values = new(new BytesComparer());

    public void Add(Column column, int row) => _values.Add(Encode(column, row).ToArray());

    public bool Contains(Column column, int row) =>
        _values.GetAlternateLookup<ReadOnlySpan<byte>>().Contains(Encode(column, row));

    private ReadOnlySpan<byte> Encode(Column column, int row)
    {
        _buffer.ResetWrittenCount();
        _codec.Encode([column], row, _buffer);
        return _buffer.WrittenSpan;
    }

    private sealed class BytesComparer : IEqualityComparer<byte[]>,
        IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
