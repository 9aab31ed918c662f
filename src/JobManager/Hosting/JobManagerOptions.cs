using Millrace.Shared.Checkpoints;
using Millrace.Shared.Hosting;

namespace Millrace.JobManager;

/// <summary>Where a JobManager keeps what must survive it, and its limits.</summary>
public sealed record JobManagerOptions
{
    /// <summary>
    /// Holds the database of jobs (SQLite) and, unless a job says otherwise, the checkpoints.
    /// </summary>
    public required string DataFolder { get; init; }

    /// <summary>Where checkpoints are read and written.</summary>
    public ICheckpointFiles CheckpointFiles { get; init; } = new LocalCheckpointFiles();

    /// <summary>
    /// So long subtasks may take to stop before a restart goes on without them, and a slot may show nothing of
    /// its subtasks before another one takes its place.
    /// </summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// A TaskManager that has not been heard of for so long has its work started elsewhere; it has stopped by
    /// itself after 4/5 of it. Shorter: sooner, but a pause costs a restart more often. Zero: never.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What it offers to jobs (<c>resources.jobmanager</c>): a job that needs more is refused. What the
    /// machine has unless configured.
    /// </summary>
    public long MemoryBytes { get; init; } = MachineResources.MemoryBytes;

    public int Cpus { get; init; } = MachineResources.Cpus;

    /// <summary>What leases are measured by.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether the node (host:port) is a member of the cluster now.</summary>
    internal Func<string, bool> IsMember { get; init; } = _ => true;

    /// <summary>Ended jobs that can still be asked for; older ones are forgotten.</summary>
    public int ArchivedJobs { get; init; } = 100;

    /// <summary>Runs what blocks (disks, planning); a simulation gives its own.</summary>
    internal Func<Func<object>, Task<object>> Background { get; init; } = Task.Run;

    /// <summary>Where jobs put their checkpoints that name no folder.</summary>
    public string CheckpointFolder { get => field ?? Path.Combine(DataFolder, "checkpoints"); init; }

    /// <summary>
    /// The connection string of a MySQL database of jobs, password included; null: <see
    /// cref="DatabaseFile"/>.
    /// </summary>
    public string? MySqlJournal { get; init; }

    /// <summary>The database of jobs; JobManagers of one cluster share it.</summary>
    public string DatabaseFile { get => field ?? Path.Combine(DataFolder, "jobmanager.db"); init; }
}
