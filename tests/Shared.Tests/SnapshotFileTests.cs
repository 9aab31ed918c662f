using System.Text;
using FsCheck.Xunit;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Keys;
using Xunit;

namespace Millrace.Shared.Tests;

public sealed class SnapshotFileTests : IDisposable
{
    private readonly LocalCheckpointFiles _files = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("millrace-snapshot").FullName;

    private sealed record Entry(int KeyGroup, string State, string Key, string Value);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Property(MaxTest = 30)]
    public void A_restore_reads_exactly_the_entries_of_its_key_groups_and_all_items(int seed)
    {
        var random = new Random(seed);
        List<Entry> entries = [.. Enumerable.Range(0, random.Next(400))
            .Select(_ =>
                new Entry(random.Next(16), "s" + random.Next(3), Text(random, 20), Text(random, 3000)))
            .OrderBy(e => e.KeyGroup)];
        List<string> items = [.. Enumerable.Range(0, random.Next(5)).Select(_ => Text(random, 50))];
        string path = Path.Combine(_folder, "file");
        Write(path, entries, items);
        var range = new KeyGroupRange(random.Next(8), random.Next(8, 16));

        Assert.Equal(entries.Where(e => range.Contains(e.KeyGroup)), Read(path, range));
        var readItems = new List<string>();
        new SnapshotReader(_files, [path], "op", range)
            .ReadItems((_, item) => readItems.Add(Encoding.UTF8.GetString(item)));
        Assert.Equal(items, readItems);
    }

    [Fact]
    public void Every_flipped_byte_of_a_file_is_noticed()
    {
        string path = Path.Combine(_folder, "file");
        List<Entry> entries =
            [.. Enumerable.Range(0, 30).Select(i => new Entry(i, "state", $"key{i}", $"value{i}"))];
        Write(path, entries, ["item"]);
        byte[] good = File.ReadAllBytes(path);
        for (int at = 0; at < good.Length; at++)
        {
            if (at is 6 or 7) continue; // reserved
            byte[] bad = [.. good];
            bad[at] ^= 0x10;
            File.WriteAllBytes(path, bad);
            var error = Assert.Throws<MillraceException>(() => ReadEverything(path));
            Assert.Equal(ErrorKind.Corrupt, error.Kind);
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_cut_anywhere_is_noticed()
    {
        string path = Path.Combine(_folder, "file");
        Write(path, [new Entry(1, "state", "key", "value")], ["item"]);
        byte[] good = File.ReadAllBytes(path);
        for (int length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(path, good[..length]);
            Assert.Equal(
                ErrorKind.Corrupt, Assert.Throws<MillraceException>(() => ReadEverything(path)).Kind);
        }
    }

    [Fact]
    public void A_file_that_is_gone_is_damage_and_a_disk_that_does_not_give_it_now_is_not()
    {
        string path = Path.Combine(_folder, "file");
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<MillraceException>(() => ReadEverything(path)).Kind);
        Write(path, [new Entry(1, "state", "key", "value")], []);
        using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            var error = Assert.Throws<MillraceException>(() => ReadEverything(path));
            Assert.Equal(ErrorKind.Unavailable, error.Kind);
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
        ReadEverything(path);
    }

    [Fact]
    public void Metadata_reads_back_from_wherever_its_folder_was_moved()
    {
        var storage = new CheckpointStorage(_files);
        string first = Path.Combine(_folder, "chk-7");
        Directory.CreateDirectory(first);
        storage.WriteMetadata(Metadata(first));
        string second = Path.Combine(_folder, "moved");
        Directory.Move(first, second);
        CheckpointMetadata read = storage.ReadMetadata(second);
        Assert.Equal(second, read.Folder);
        Assert.Equal(new CheckpointId(7), read.Checkpoint);
        Assert.Equal("a,b", string.Join(",", read.Subtasks.Single().OperatorUids));
    }

    [Fact]
    public void Damaged_metadata_is_corrupt_and_missing_metadata_invalid()
    {
        var storage = new CheckpointStorage(_files);
        string folder = Path.Combine(_folder, "chk-7");
        Directory.CreateDirectory(folder);
        storage.WriteMetadata(Metadata(folder));
        string path = Path.Combine(folder, CheckpointStorage.MetadataFile);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^3] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Equal(
            ErrorKind.Corrupt, Assert.Throws<MillraceException>(() => storage.ReadMetadata(folder)).Kind);
        File.Delete(path);
        Assert.Equal(
            ErrorKind.Invalid, Assert.Throws<MillraceException>(() => storage.ReadMetadata(folder)).Kind);
    }

    private static CheckpointMetadata Metadata(string folder) => new(
        new CheckpointId(7), false, "job", 128, folder,
        [new SubtaskSnapshot("v", 0, "v-0-1", 10, ["a", "b"])]);

    private void Write(string path, List<Entry> entries, List<string> items)
    {
        using var writer = new SnapshotWriter(_files, path);
        writer.BeginOperator("other");
        writer.Item("x", [1, 2, 3]);
        writer.Keyed(3, "x", [1], [2]);
        writer.BeginOperator("op");
        foreach (string item in items) writer.Item("items", Encoding.UTF8.GetBytes(item));
        foreach (Entry e in entries)
            writer.Keyed(e.KeyGroup, e.State, Encoding.UTF8.GetBytes(e.Key), Encoding.UTF8.GetBytes(e.Value));
        writer.Complete();
    }

    private List<Entry> Read(string path, KeyGroupRange range)
    {
        var read = new List<Entry>();
        new SnapshotReader(_files, [path], "op", range).ReadKeyed((group, state, key, value) =>
            read.Add(new Entry(group, state, Encoding.UTF8.GetString(key), Encoding.UTF8.GetString(value))));
        return read;
    }

    private void ReadEverything(string path)
    {
        foreach (string uid in (string[])["op", "other"])
        {
            var reader = new SnapshotReader(_files, [path], uid, new KeyGroupRange(0, 127));
            reader.ReadKeyed((_, _, _, _) => { });
            reader.ReadItems((_, _) => { });
        }
    }

    private static string Text(Random random, int maxLength) =>
        new([.. Enumerable.Range(0, random.Next(maxLength)).Select(_ => (char)('a' + random.Next(26)))]);
}
