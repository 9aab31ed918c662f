using Millrace.JobManager.Configuration;
using Millrace.JobManager.Scheduling;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Commands;

/// <summary>Says when a job will wait since the cluster, taken slots included, has not what it needs.</summary>
internal static class LackingSlots
{
    /// <param name="settings">Null: the job needs nothing but slots.</param>
    /// <returns>One sentence; empty where the cluster has the slots.</returns>
    public static string Note(int needed, JobSettings? settings, IReadOnlyList<TaskManagerReport> nodes)
    {
        NodeNeeds needs = settings is null
            ? default
            : NodeNeeds.OfTaskManager(JobSettingsCodec.FromMessage(settings).Resources);
        int all = nodes.Sum(n => n.Slots.Count);
        int fitting = nodes.Where(n => needs.AreMetBy(n.MemoryBytes, n.Cpus)).Sum(n => n.Slots.Count);
        if (fitting >= needed) return "";
        string slots = $"The job needs {needed} {(needed == 1 ? "slot" : "slots")}";
        if (needs.IsAnything || fitting == all)
            return $"{slots} and the cluster has {all}: it waits until there are more.";
        string offers = nodes.Count == 1 ? "the only one offers" : "the largest offers are";
        return $"{slots} on TaskManagers with at least {needs} (resources.taskmanager) and the cluster has "
            + $"{(fitting == 0 ? "none" : fitting)}: it waits until there are more; {offers} "
            + $"{NodeNeeds.Size(nodes.Max(n => n.MemoryBytes))} memory and "
            + $"{NodeNeeds.Cores(nodes.Max(n => n.Cpus))}.";
    }
}
