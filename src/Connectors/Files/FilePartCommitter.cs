using Millrace.Shared.Connect;

namespace Millrace.Connectors.Files;

/// <summary>
/// Commits a file by a rename, which is atomic. Where no hidden name is there this was done before; whether
/// the visible one still is, is its readers' affair. So nobody may remove a hidden file that a checkpoint
/// names.
/// </summary>
internal sealed class FilePartCommitter(string table) : ICommitter
{
    public string Format => FilePart.Format;

    public void Commit(Committable committable)
    {
        FilePart part = FilePart.Of(committable);
        var folder = new SinkFolder(table, part.Folder);
        if (folder.RenameIfThere(part.Hidden, part.Visible)) return;
        // A savepoint after the snapshot may have taken it under its own name.
        foreach (string kept in folder.Find(PartName.KeptPatternOf(part.Visible)))
            folder.RenameIfThere(kept, part.Visible);
    }
}
