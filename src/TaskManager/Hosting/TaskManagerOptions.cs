using Millrace.Shared.Hosting;

namespace Millrace.TaskManager;

/// <summary>What a node offers to jobs.</summary>
public sealed record TaskManagerOptions
{
    /// <summary>Subtasks of so many indexes run here at a time.</summary>
    public int Slots { get; init; } = 4;

    /// <summary>What the machine has unless configured; told to the JobManager, not enforced.</summary>
    public long MemoryBytes { get; init; } = MachineResources.MemoryBytes;

    public int Cpus { get; init; } = MachineResources.Cpus;

    /// <summary>
    /// host:port where the process takes records of other processes; empty where there is only this one.
    /// </summary>
    public string Exchange { get; init; } = "";

    /// <summary>
    /// Called once with who is to hear of lost connections with other processes: the address of each one's
    /// data port, from any thread.
    /// </summary>
    public Action<Action<string>> FollowPeers { get; init; } = _ => { };

    /// <summary>Called whenever a JobManager has taken the node's slots.</summary>
    public Action Registered { get; init; } = () => { };

    /// <summary>
    /// So long after a standstill that outlasted its lease the TaskManager ends itself, if no other node of
    /// its cluster answers by then: longer than silent ones take to be removed, and than a JobManager that a
    /// service manager starts again takes to come back.
    /// </summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether no other member of the cluster can be reached now.</summary>
    internal Func<bool> IsAlone { get; init; } = () => false;

    /// <summary>Ends the node for good, with a sentence that says why.</summary>
    internal Action<string> End { get; init; } = _ => { };

    /// <summary>Tells this process from an earlier one at its address.</summary>
    internal long Incarnation { get; init; }
}
