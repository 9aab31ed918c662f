using System.Buffers.Binary;
using Millrace.Shared.Errors;

namespace Millrace.Connectors.Files;

/// <summary>How far a file was read.</summary>
/// <param name="Offset">Bytes read, of the decompressed text where the file is compressed.</param>
/// <param name="Line">Lines read.</param>
internal readonly record struct FilePosition(long Offset, long Line)
{
    private const int SizeBytes = 16;

    public static FilePosition Of(byte[]? bytes)
    {
        if (bytes is null) return default;
        if (bytes.Length != SizeBytes)
            throw new MillraceException(ErrorKind.Corrupt,
                $"The position of a file has {bytes.Length} bytes instead of {SizeBytes}.");
        return new FilePosition(
            BinaryPrimitives.ReadInt64LittleEndian(bytes),
                BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8)));
    }

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[SizeBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Offset);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Line);
        return bytes;
    }
}
