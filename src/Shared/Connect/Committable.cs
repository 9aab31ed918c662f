namespace Millrace.Shared.Connect;

/// <summary>
/// Output of a sink that is durable and invisible: says enough for any process to make it visible, or to find
/// that this was done. Part of the snapshot until then, so small: at most <see cref="MaxBytes"/>.
/// </summary>
/// <param name="Format">Name and version of what the bytes are, <c>file-part-1</c>.</param>
public readonly record struct Committable(string Format, ReadOnlyMemory<byte> Bytes)
{
    public const int MaxBytes = 64 * 1024;
}
