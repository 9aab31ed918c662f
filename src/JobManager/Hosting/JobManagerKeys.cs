using Millrace.JobManager.Membership;
using Millrace.Shared.Configuration;
using Millrace.Shared.Hosting;
using MySqlConnector;

namespace Millrace.JobManager.Hosting;

/// <summary>What can be configured of the program <c>jobmanager</c>.</summary>
internal static class JobManagerKeys
{
    public const string Program = NodeOptions.JobManagerRole;

    private const string SqlitePrefix = "jdbc:sqlite:";
    private const string MySqlPrefix = "jdbc:mysql://";
    private const uint MySqlPort = 3306;

    public static readonly ConfigKey CommandPort = new(
        "commands.port", "9110", "Where pbm is answered, on commands.host; 0: any free port.");

    public static readonly ConfigKey CommandHost = new(
        "commands.host", "",
        "The address that the command port binds to; not set: node.host. Commands are not authenticated: with "
        + "127.0.0.1 only this machine can give them.");

    public static readonly ConfigKey JournalUrl = new(
        "journal.url", "",
        "Where jobs and their events are stored, the same for all JobManagers of a cluster: "
        + "jdbc:sqlite:FILE on one machine, jdbc:mysql://host:port/database for several. Not set: a SQLite "
        + "file in node.data_folder, for a JobManager alone.");

    public static readonly ConfigKey JournalUser = new(
        "journal.user", "", "The user of a MySQL journal.");

    public static readonly ConfigKey JournalPassword = new(
        "journal.password", "", "Its password; better in the environment or in journal.password_file.")
    { IsSecret = true };

    public static readonly ConfigKey JournalPasswordFile = new(
        "journal.password_file", "", "A file that holds the password.");

    public static readonly ConfigKey CheckpointFolder = new(
        "checkpoints.folder", "",
        "Below it each job that names no folder keeps its checkpoints; all nodes must reach it. Not set: "
        + "'checkpoints' in node.data_folder.");

    public static readonly ConfigKey StopTimeout = new(
        "jobs.stop_timeout", "60s", "So long subtasks may take to stop before a restart goes on without "
        + "them, and a slot may show nothing of its subtasks before another one takes its place.");

    public static readonly ConfigKey ArchivedJobs = new(
        "jobs.archived", "100", "Ended jobs that can still be asked for; older ones are forgotten.");

    public static readonly ConfigKey Memory = new(
        "jobs.memory", "", "What the JobManager offers to jobs (4gb); not set: what the machine has. A job "
        + "whose resources.jobmanager asks for more is refused.");

    public static readonly ConfigKey Cpus = new(
        "jobs.cpus", "", "The same of cpus.");

    public static readonly ConfigKey Lease = new(
        "cluster.lease", "5s",
        "A silent TaskManager's work is started elsewhere after so long; it stops by itself a second "
        + "earlier. Shorter: quicker recovery from silence; longer: longer pauses change nothing. At least "
        + "2s.");

    public static ConfigTable All { get; } = new(
    [
        .. NodeKeys.Cluster, Lease, .. NodeKeys.Node,
        CommandPort, CommandHost, JournalUrl, JournalUser, JournalPassword, JournalPasswordFile, CheckpointFolder,
        StopTimeout, ArchivedJobs, Memory, Cpus,
        .. NodeKeys.Tls, .. NodeKeys.Log,
    ]);

    public static JobManagerOptions Options(ConfigValues values)
    {
        string folder = NodeKeys.Folder(values, Program);
        return new JobManagerOptions
        {
            MemoryBytes = values[Memory].IsSet ? values[Memory].Bytes() : MachineResources.MemoryBytes,
            Cpus = values[Cpus].IsSet ? values[Cpus].Int(1) : MachineResources.Cpus,
            DataFolder = folder,
            DatabaseFile = JournalFile(values, folder),
            MySqlJournal = MySqlJournal(values),
            CheckpointFolder = values[CheckpointFolder].IsSet
                ? Path.GetFullPath(values[CheckpointFolder].Text)
                : Path.Combine(folder, "checkpoints"),
            Lease = values[Lease].Duration(
                LeaseTable.Shortest, "since renewals are late when a process or a heartbeat is"),
            StopTimeout = values[StopTimeout].Duration(),
            ArchivedJobs = values[ArchivedJobs].Int(1),
        };
    }

    /// <summary>
    /// The folder of a journal in a file, which the JobManagers of a machine share; else null.
    /// </summary>
    public static string? SharedFolder(ConfigValues values) =>
        values[JournalUrl].Text.StartsWith(SqlitePrefix, StringComparison.Ordinal)
            ? Path.GetDirectoryName(JournalFile(values, ""))
            : null;

    private static string JournalFile(ConfigValues values, string folder) =>
        values[JournalUrl] is { Text: var url } && url.StartsWith(SqlitePrefix, StringComparison.Ordinal)
            && url.Length > SqlitePrefix.Length
            ? Path.GetFullPath(url[SqlitePrefix.Length..])
            : Path.Combine(folder, "jobmanager.db");

    /// <summary>The connection string of a journal on a server; null where it is a file.</summary>
    private static string? MySqlJournal(ConfigValues values)
    {
        ConfigValue url = values[JournalUrl];
        if (!url.IsSet || url.Text.StartsWith(SqlitePrefix, StringComparison.Ordinal))
        {
            RefuseUser(values);
            return null;
        }
        if (!url.Text.StartsWith(MySqlPrefix, StringComparison.Ordinal)
            || !Uri.TryCreate(url.Text["jdbc:".Length..], UriKind.Absolute, out Uri? uri)
            || uri is { Host: "" } or { AbsolutePath.Length: < 2 } or { UserInfo.Length: > 0 }
                or { Query.Length: > 0 })
            throw url.Wrong(
                "jdbc:sqlite:FILE or jdbc:mysql://host:port/database (user and password are keys)");
        return new MySqlConnectionStringBuilder
        {
            Server = uri.DnsSafeHost,
            Port = uri.Port > 0 ? (uint)uri.Port : MySqlPort,
            Database = uri.AbsolutePath[1..],
            UserID = values[JournalUser].Text,
            Password = values.Secret(JournalPassword, JournalPasswordFile),
        }.ConnectionString;
    }

    /// <summary>They would do nothing, and whoever sets them expects a server.</summary>
    private static void RefuseUser(ConfigValues values)
    {
        foreach (ConfigKey key in (ConfigKey[])[JournalUser, JournalPassword, JournalPasswordFile])
            if (values[key].IsSet)
                throw values[key].Refused(
                    $"'{key.Name}' is set but the journal is a SQLite file, which has no users; leave it out, "
                    + $"or set '{JournalUrl.Name}' to jdbc:mysql://host:port/database.");
    }
}
