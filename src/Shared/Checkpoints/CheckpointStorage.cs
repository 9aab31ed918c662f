using System.Buffers.Binary;
using System.Text.Json;
using Millrace.Shared.Errors;

namespace Millrace.Shared.Checkpoints;

/// <summary>
/// The folder of one checkpoint: a file a subtask and, last of all, <c>_metadata</c>. A checkpoint is
/// complete exactly when its metadata file is there and undamaged; everything else in the folder was durable
/// before. Format: docs/checkpoint-format.md.
/// </summary>
public sealed class CheckpointStorage(ICheckpointFiles files)
{
    public const string MetadataFile = "_metadata";
    private const uint Magic = 0x4D43524D; // "MRCM"
    private const ushort Version = 1;
    private const int HeaderSize = 14;
    private const int MaxMetadataBytes = 256 << 20;

    public ICheckpointFiles Files => files;

    /// <summary>
    /// Makes the checkpoint complete: writes the metadata beside, syncs, renames, syncs the folder.
    /// </summary>
    /// <exception cref="IOException">
    /// The disk is full or gone; the checkpoint is then not complete.
    /// </exception>
    public void WriteMetadata(CheckpointMetadata metadata)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(metadata);
        byte[] header = new byte[HeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), Version);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(6), body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(10), Crc32C.Of(body));
        string target = Path.Combine(metadata.Folder, MetadataFile);
        string pending = target + ".pending";
        using (Stream file = files.Create(pending))
        {
            file.Write(header);
            file.Write(body);
            files.Sync(file);
        }
        files.Rename(pending, target);
        files.SyncFolder(metadata.Folder);
    }

    /// <param name="folder">The checkpoint's folder, or the path of its metadata file.</param>
    /// <returns>The metadata with its folder set to where it was read.</returns>
    /// <exception cref="MillraceException">
    /// Invalid: there is no checkpoint; Corrupt: the file is damaged.
    /// </exception>
    public CheckpointMetadata ReadMetadata(string folder)
    {
        string path = Path.GetFileName(folder) == MetadataFile ? folder : Path.Combine(folder, MetadataFile);
        if (!files.Exists(path))
            throw new MillraceException(
                ErrorKind.Invalid,
                $"There is no checkpoint at {folder}: {MetadataFile} is missing; give the folder of a "
                + "completed one.");
        byte[] body = ReadBody(path);
        try
        {
            CheckpointMetadata metadata = JsonSerializer.Deserialize<CheckpointMetadata>(body)
                ?? throw Damaged(path, "it is empty");
            return metadata with { Folder = Path.GetDirectoryName(path)! };
        }
        catch (JsonException e)
        {
            throw Damaged(path, e.Message);
        }
    }

    public void Delete(string folder) => files.DeleteFolder(folder);

    private byte[] ReadBody(string path)
    {
        using Stream file = files.OpenRead(path);
        byte[] header = new byte[HeaderSize];
        if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize)
            throw Damaged(path, "it is shorter than its header");
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic)
            throw Damaged(path, "it is no metadata file");
        int version = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(4));
        if (version != Version)
            throw Damaged(path, $"it has version {version}, this program reads {Version}");
        int size = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(6));
        if (size is < 0 or > MaxMetadataBytes) throw Damaged(path, "its length is out of range");
        byte[] body = new byte[size];
        if (file.ReadAtLeast(body, size, throwOnEndOfStream: false) < size)
            throw Damaged(path, "it ends too early");
        if (Crc32C.Of(body) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(10)))
            throw Damaged(path, "its checksum does not match");
        return body;
    }

    private static MillraceException Damaged(string path, string why) =>
        new(ErrorKind.Corrupt, $"Checkpoint file {path} is damaged: {why}.");
}
