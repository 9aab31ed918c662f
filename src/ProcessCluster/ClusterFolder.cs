using System.Globalization;
using System.Text.Json;
using Millrace.Shared.Errors;

namespace Millrace.Processes;

/// <summary>
/// The folder of a cluster on one machine: what its processes share, a folder for each of them, and their
/// logs.
/// </summary>
/// <remarks>
/// <c>cluster.json</c>: how the cluster was started. <c>cluster.lock</c>: held by whoever starts or stops
/// processes; it is the system's lock on the file, so a killed command leaves none. <c>nodes/NAME/</c>: a
/// process's own. <c>logs/NAME.log</c>. <c>journal/</c>, <c>checkpoints/</c>: the cluster's.
/// A user's <c>jobmanager.yaml</c> and <c>taskmanager.yaml</c> are given to the processes.
/// </remarks>
internal sealed class ClusterFolder(string path)
{
    private static readonly TimeSpan LockTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>In a folder that the JobManagers share: it also holds what says who forms the
    /// cluster.</summary>
    public string Journal => System.IO.Path.Combine(In("journal"), "jobs.db");

    public string Checkpoints => In("checkpoints");

    private string Nodes => In("nodes");

    private string SettingsFile => In("cluster.json");

    public string Node(string name) => System.IO.Path.Combine(Nodes, name);

    public string Log(string name) => System.IO.Path.Combine(In("logs"), $"{name}.log");

    /// <returns>Null where the user has written none.</returns>
    public string? Configuration(ProcessRole role) =>
        In($"{role.Word()}.yaml") is var file && File.Exists(file) ? file : null;

    /// <summary>Names of all processes that were ever started here, JobManagers first, by number.</summary>
    public IReadOnlyList<string> Names => Directory.Exists(Nodes)
        ? [.. Directory.GetDirectories(Nodes).Select(d => System.IO.Path.GetFileName(d)!)
            .Where(n => RoleOf(n) is not null)
            .OrderBy(RoleOf).ThenBy(NumberOf)]
        : [];

    public static ProcessRole? RoleOf(string name) => ProcessRoles.Parse(name.Split('-')[0]);

    public static string NameOf(ProcessRole role, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{role.Word()}-{number}");

    /// <summary>A name that no process has had.</summary>
    public string NewName(ProcessRole role) => NameOf(
        role, Names.Where(n => RoleOf(n) == role).Select(NumberOf).DefaultIfEmpty(0).Max() + 1);

    /// <exception cref="MillraceException">Invalid: the path is a file's, or the folder cannot be made.
    /// </exception>
    public void Create()
    {
        if (File.Exists(Path))
            throw new MillraceException(ErrorKind.Invalid, $"{Path} is a file; --dir names a folder.");
        try
        {
            Directory.CreateDirectory(Nodes);
            Directory.CreateDirectory(In("logs"));
            Directory.CreateDirectory(Checkpoints);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MillraceException(
                ErrorKind.Invalid, $"The folder {Path} of --dir cannot be made: {e.Message}", e);
        }
    }

    public void Write(ClusterSettings settings) =>
        File.WriteAllText(SettingsFile, JsonSerializer.Serialize(settings));

    /// <exception cref="MillraceException">Invalid: no cluster was started in the folder.</exception>
    public void RequireStarted()
    {
        if (!File.Exists(SettingsFile))
            throw new MillraceException(
                ErrorKind.Invalid, $"No cluster was started in {Path}; ./cluster start --dir {Path} does.");
    }

    /// <exception cref="MillraceException">Invalid: no cluster was started in the folder, or the file is
    /// damaged.</exception>
    public ClusterSettings ReadSettings()
    {
        RequireStarted();
        try
        {
            if (JsonSerializer.Deserialize<ClusterSettings>(File.ReadAllText(SettingsFile)) is
                { Slots: > 0 } settings)
                return settings;
        }
        catch (JsonException)
        {
            // Told below, as a file without slots is.
        }
        throw new MillraceException(
            ErrorKind.Invalid, $"{SettingsFile} is damaged; stop the cluster and start it again.");
    }

    /// <summary>Waits for commands that run at the same time; disposing lets the next one go on.</summary>
    /// <exception cref="MillraceException">Unavailable: another command takes too long.</exception>
    public async Task<IDisposable> LockAsync(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(LockTimeout);
        while (true)
        {
            try
            {
                return new FileStream(
                    In("cluster.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Directory.Exists(Path) && !limit.IsCancellationRequested)
            {
                await Task.Delay(LockPause, TimeProvider.System, cancel).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                throw new MillraceException(
                    ErrorKind.Unavailable, $"Another command holds {In("cluster.lock")}: {e.Message}", e);
            }
        }
    }

    private static int NumberOf(string name) =>
        int.TryParse(name.Split('-')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : 0;

    private string In(string name) => System.IO.Path.Combine(Path, name);
}

/// <summary>How a cluster was started: what a process that is added later needs to know.</summary>
/// <param name="Slots">Of each TaskManager.</param>
internal sealed record ClusterSettings(int Slots);
