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

    /// <summary>Called whenever a JobManager has taken the node's slots.</summary>
    public Action Registered { get; init; } = () => { };

    /// <summary>Tells this process from an earlier one at its address.</summary>
    internal long Incarnation { get; init; }
}
