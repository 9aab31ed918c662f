using System.Buffers;
using System.IO.Hashing;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Lookups;

/// <summary>
/// The keys of one batch in the form that the cache compares: a number where there is one key column of an
/// integer or time type, else bytes (the text itself for one string, else the encoded row).
/// </summary>
internal abstract class LookupKeys
{
    /// <summary>Points to the key columns of a batch until the next call.</summary>
    public abstract void Set(Column[] columns, int rowCount);

    /// <summary>Whether keys are numbers; else they are bytes.</summary>
    public abstract bool AreNumbers { get; }

    /// <summary>Whether any column of the row's key is null.</summary>
    public abstract bool IsNull(int row);

    public virtual long Number(int row) => 0;

    /// <summary>Valid until the next call.</summary>
    public virtual ReadOnlySpan<byte> Bytes(int row) => default;

    public static LookupKeys For(IReadOnlyList<LogicalType> types) =>
        types is [var type] ? ForOne(type) : new Rows(types);

    /// <summary>Fibonacci hashing; use the upper bits.</summary>
    public static int HashOf(long number)
    {
        ulong mixed = (ulong)number * 0x9E3779B97F4A7C15;
        return (int)(mixed >> 32);
    }

    public static int HashOf(ReadOnlySpan<byte> bytes) => (int)XxHash3.HashToUInt64(bytes);

    private static LookupKeys ForOne(LogicalType type) => type.Kind switch
    {
        TypeKind.TinyInt => new Numbers<sbyte>(v => v),
        TypeKind.SmallInt => new Numbers<short>(v => v),
        TypeKind.Int or TypeKind.Date or TypeKind.Time or TypeKind.IntervalYearMonth =>
            new Numbers<int>(v => v),
        TypeKind.BigInt or TypeKind.Timestamp or TypeKind.TimestampLtz or TypeKind.IntervalDayTime =>
            new Longs(),
        TypeKind.Char or TypeKind.VarChar or TypeKind.Binary or TypeKind.VarBinary => new Texts(),
        _ => new Rows([type]),
    };

    private sealed class Longs : LookupKeys
    {
        private FixedColumn<long> _column = FixedColumn<long>.Nulls(0);

        public override bool AreNumbers => true;

        public override void Set(Column[] columns, int rowCount) => _column = (FixedColumn<long>)columns[0];

        public override bool IsNull(int row) => _column.IsNull(row);

        public override long Number(int row) => _column[row];
    }

    private sealed class Numbers<T>(Func<T, long> widen) : LookupKeys where T : unmanaged
    {
        private FixedColumn<T> _column = FixedColumn<T>.Nulls(0);

        public override bool AreNumbers => true;

        public override void Set(Column[] columns, int rowCount) => _column = (FixedColumn<T>)columns[0];

        public override bool IsNull(int row) => _column.IsNull(row);

        public override long Number(int row) => widen(_column[row]);
    }

    private sealed class Texts : LookupKeys
    {
        private BytesColumn _column = BytesColumn.Of();

        public override bool AreNumbers => false;

        public override void Set(Column[] columns, int rowCount) => _column = (BytesColumn)columns[0];

        public override bool IsNull(int row) => _column.IsNull(row);

        public override ReadOnlySpan<byte> Bytes(int row) => _column[row];
    }

    private sealed class Rows(IReadOnlyList<LogicalType> types) : LookupKeys
    {
        private readonly RowCodec _codec = new(types);
        private readonly ArrayBufferWriter<byte> _buffer = new();
        private Column[] _columns = [];

        public override bool AreNumbers => false;

        public override void Set(Column[] columns, int rowCount) => _columns = columns;

        public override bool IsNull(int row)
        {
            foreach (Column column in _columns)
                if (column.IsNull(row)) return true;
            return false;
        }

        public override ReadOnlySpan<byte> Bytes(int row)
        {
            _buffer.ResetWrittenCount();
            _codec.Encode(_columns, row, _buffer);
            return _buffer.WrittenSpan;
        }
    }
}
