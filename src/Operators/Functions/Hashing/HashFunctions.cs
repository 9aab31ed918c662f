using System.Security.Cryptography;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Hashing;

/// <summary>Hashes of texts (their UTF-8) and bytes, as lower-case hexadecimal text.</summary>
internal static class HashFunctions
{
    /// <summary>Writes the hash of the source; gives its length in bytes.</summary>
    private delegate int Hash(ReadOnlySpan<byte> source, Span<byte> hash);

    public static FunctionDefinition[] All { get; } =
    [
        Fixed("MD5", 16, Md5),
        Fixed("SHA1", 20, Sha1),
        Fixed("SHA224", 28, Sha224.HashData),
        Fixed("SHA256", 32, SHA256.HashData),
        Fixed("SHA384", 48, SHA384.HashData),
        Fixed("SHA512", 64, SHA512.HashData),
        new("SHA2", BindSha2, (_, _) => RowKernels.Text(Sha2)),
    ];

    private static FunctionDefinition Fixed(string name, int sizeBytes, Hash hash) => new(
        name,
        Signature.Of(LogicalType.Char(2 * sizeBytes), Parameter.Bytes),
        (_, _) => RowKernels.Text((a, row, output) => AppendHex(hash, a[0].Bytes(row), output)));

    // MD5 and SHA1 are functions of the language; nothing is protected by them here.
#pragma warning disable CA5350, CA5351
    private static int Md5(ReadOnlySpan<byte> source, Span<byte> hash) => MD5.HashData(source, hash);

    private static int Sha1(ReadOnlySpan<byte> source, Span<byte> hash) => SHA1.HashData(source, hash);
#pragma warning restore CA5350, CA5351

    /// <summary>Nullable as its arguments; the length is one of 224, 256, 384 and 512.</summary>
    private static Expr BindSha2(CallSite site)
    {
        Expr call = Signature.Of(LogicalType.VarChar(128), Parameter.Bytes, Parameter.Int)(site);
        if (site.LiteralText(1) is { } bits && OfBits(bits) is null)
            throw new FunctionException($"SHA2 has hashes of 224, 256, 384 and 512 bits, not of {bits}.");
        return call;
    }

    private static Hash? OfBits(string bits) => bits switch
    {
        "224" => Sha224.HashData,
        "256" => SHA256.HashData,
        "384" => SHA384.HashData,
        "512" => SHA512.HashData,
        _ => null,
    };

    private static void Sha2(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output)
    {
        string bits = a[1].Value<int>(row).ToString(System.Globalization.CultureInfo.InvariantCulture);
        Hash hash = OfBits(bits) ?? throw new Shared.Errors.MillraceException(
            Shared.Errors.ErrorKind.Invalid,
            $"SHA2 has hashes of 224, 256, 384 and 512 bits, not of {bits}.");
        AppendHex(hash, a[0].Bytes(row), output);
    }

    private static void AppendHex(Hash hash, ReadOnlySpan<byte> source, BytesColumnBuilder output)
    {
        Span<byte> bytes = stackalloc byte[64];
        int size = hash(source, bytes);
        Convert.TryToHexStringLower(bytes[..size], output.Reserve(2 * size), out int written);
        output.Commit(written);
    }
}
