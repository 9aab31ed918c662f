using Millrace.Shared.Errors;

namespace Millrace.Shared.Membership;

/// <summary>
/// What a node remembers of its cluster, in files: <c>members</c>, an address a line, in its own folder and in the
/// cluster's, and <c>cluster-id</c> and <c>forming.lock</c> in the cluster's (the journal's, which the JobManagers
/// of a machine share). Without folders nothing is remembered.
/// </summary>
internal sealed class ClusterRecord
{
    private const string MembersFile = "members";
    private const string IdFile = "cluster-id";
    private const string LockFile = "forming.lock";

    private readonly string? _clusterFolder;
    private readonly IReadOnlyList<string> _folders;
    private string _id;

    /// <param name="dataFolder">The node's own.</param>
    /// <param name="clusterFolder">Null: the node's own.</param>
    public ClusterRecord(string? dataFolder, string? clusterFolder)
    {
        _clusterFolder = clusterFolder ?? dataFolder;
        _folders = [.. new[] { dataFolder, clusterFolder }.OfType<string>().Distinct(StringComparer.Ordinal)];
        foreach (string folder in _folders) Directory.CreateDirectory(folder);
        _id = ReadId();
    }

    /// <summary>Of the cluster that the folder belongs to; empty: of none yet. Any thread.</summary>
    public string Id
    {
        get
        {
            if (_id.Length == 0) _id = ReadId();
            return _id;
        }
    }

    /// <summary>Addresses that were members when someone last looked; lines that are none are skipped.</summary>
    public IReadOnlyList<string> ReadMembers() =>
    [
        .. _folders.SelectMany(f => ReadLines(Path.Combine(f, MembersFile)))
            .Where(m => NodeNames.Parse(m) is not null)
            .Distinct(StringComparer.Ordinal),
    ];

    public void WriteMembers(IEnumerable<string> members)
    {
        string text = string.Concat(members.Order(StringComparer.Ordinal).Select(m => m + "\n"));
        foreach (string folder in _folders) Replace(Path.Combine(folder, MembersFile), text);
    }

    public void WriteId(string id)
    {
        _id = id;
        if (_clusterFolder is not null) Replace(Path.Combine(_clusterFolder, IdFile), id + "\n");
    }

    /// <summary>The right to form the cluster, held until disposed or the process has ended.</summary>
    /// <returns>Null while another process has it.</returns>
    public IDisposable? TryLock()
    {
        if (_clusterFolder is null) return new MemoryStream();
        try
        {
            return new FileStream(
                Path.Combine(_clusterFolder, LockFile), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private string ReadId() =>
        _clusterFolder is null ? "" : ReadLines(Path.Combine(_clusterFolder, IdFile)).FirstOrDefault("");

    private static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (FileNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MillraceException(ErrorKind.Unavailable, $"{file} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Whole or not at all, whenever the process dies; several processes may do so at a time.</summary>
    private static void Replace(string file, string text)
    {
        string draft = $"{file}.{Environment.ProcessId}";
        File.WriteAllText(draft, text);
        File.Move(draft, file, overwrite: true);
    }
}
