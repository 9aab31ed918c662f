using System.Collections.Immutable;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;
using Millrace.TaskManager.Runtime;
using Xunit;

namespace Millrace.TaskManager.Tests;

public sealed class RestoreMetadataTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("millrace-restore").FullName;
    private readonly LocalCheckpointFiles _files = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_checkpoint_of_few_subtasks_is_sent_whole()
    {
        CheckpointMetadata few = Metadata(CheckpointCodec.MostSubtasksSent);
        Assert.Equal(few.Subtasks.Length, new RestoreMetadata(_files).Complete(Sent(few)).Subtasks.Length);
    }

    [Fact]
    public void A_checkpoint_of_many_subtasks_is_read_from_its_folder_and_only_once()
    {
        CheckpointMetadata many = Metadata(10_000);
        _files.CreateFolder(many.Folder);
        new CheckpointStorage(_files).WriteMetadata(many);
        CheckpointMetadata sent = Sent(many);
        Assert.Empty(sent.Subtasks);
        Assert.InRange(CheckpointCodec.ToRestore(many).CalculateSize(), 1, 1024);
        var restores = new RestoreMetadata(_files);
        CheckpointMetadata read = restores.Complete(sent);
        Assert.Equal(many.Subtasks.Select(s => s.File), read.Subtasks.Select(s => s.File));
        File.Delete(Path.Combine(many.Folder, CheckpointStorage.MetadataFile));
        Assert.Same(read, restores.Complete(sent));
    }

    [Fact]
    public void What_could_not_be_read_is_tried_again()
    {
        CheckpointMetadata many = Metadata(1000);
        var restores = new RestoreMetadata(_files);
        Assert.Throws<MillraceException>(() => restores.Complete(Sent(many)));
        _files.CreateFolder(many.Folder);
        new CheckpointStorage(_files).WriteMetadata(many);
        Assert.Equal(1000, restores.Complete(Sent(many)).Subtasks.Length);
    }

    /// <summary>As it arrives in a slot.</summary>
    private static CheckpointMetadata Sent(CheckpointMetadata metadata) =>
        CheckpointCodec.FromMessage(Shared.Messages.Metadata.Parser.ParseFrom(
            Google.Protobuf.MessageExtensions.ToByteArray(CheckpointCodec.ToRestore(metadata))));

    private CheckpointMetadata Metadata(int subtasks)
    {
        ImmutableArray<SubtaskSnapshot> all =
        [
            .. Enumerable.Range(0, subtasks).Select(
                i => new SubtaskSnapshot("v", i, $"0-{i}-1", 10, ["uid"])),
        ];
        string folder = Path.Combine(_folder, "chk-3");
        return new CheckpointMetadata(new CheckpointId(3), false, "job", 128, folder, all);
    }
}
