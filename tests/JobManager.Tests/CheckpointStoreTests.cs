using Millrace.JobManager.Checkpoints;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Xunit;

namespace Millrace.JobManager.Tests;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("millrace-test-").FullName;
    private readonly CheckpointStore _store = new(new LocalCheckpointFiles());

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_folder_of_a_job_stands_for_its_latest_complete_checkpoint()
    {
        Complete("chk-9");
        Complete("chk-10");
        Directory.CreateDirectory(Place("chk-11"));
        Assert.Equal(Place("chk-10"), _store.Resolve(_folder));
        Assert.Equal(Place("chk-9"), _store.Resolve(Place("chk-9")));
        Assert.Equal(Place("nowhere"), _store.Resolve(Place("nowhere")));
    }

    [Fact]
    public void A_sweep_leaves_what_is_kept_what_is_of_later_numbers_and_what_is_no_checkpoint()
    {
        foreach (string name in new[] { "chk-1", "chk-2", "chk-3", "chk-7", "mine" })
            Directory.CreateDirectory(Place(name));
        _store.Sweep(_folder, [Place("chk-2")], upTo: 5);
        Assert.Equal(
            ["chk-2", "chk-7", "mine"], Directory.GetDirectories(_folder).Select(Path.GetFileName).Order());
    }

    private string Place(string name) => Path.Combine(_folder, name);

    private void Complete(string name)
    {
        _store.CreateFolder(Place(name));
        _store.WriteMetadata(new CheckpointMetadata(new CheckpointId(1), false, "job", 128, Place(name), []));
    }
}
