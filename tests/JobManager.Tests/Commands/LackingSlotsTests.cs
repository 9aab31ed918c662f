using Millrace.JobManager.Commands;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.JobManager.Tests.Commands;

public sealed class LackingSlotsTests
{
    private const long GiB = 1L << 30;

    [Fact]
    public void A_job_that_the_cluster_can_run_needs_no_note()
    {
        Assert.Equal("", LackingSlots.Note(4, null, [Node(2, 8, 4), Node(2, 8, 4)]));
        Assert.Equal("", LackingSlots.Note(2, Needs(8, 4), [Node(2, 8, 4), Node(2, 1, 1)]));
    }

    [Fact]
    public void Slots_that_lack_are_counted() => Assert.Equal(
        "The job needs 5 slots and the cluster has 4: it waits until there are more.",
        LackingSlots.Note(5, Needs(1, 1), [Node(2, 8, 4), Node(2, 8, 4)]));

    [Fact]
    public void Where_no_TaskManager_offers_so_much_the_largest_offers_are_named() => Assert.Equal(
        "The job needs 1 slot on TaskManagers with at least 64 GiB memory and 2 cpus (resources.taskmanager) "
        + "and the cluster has none: it waits until there are more; the largest offers are 16 GiB memory and "
        + "8 cpus.",
        LackingSlots.Note(1, Needs(64, 2), [Node(2, 16, 4), Node(2, 8, 8)]));

    [Fact]
    public void Where_too_few_offer_so_much_theirs_are_counted() => Assert.Equal(
        "The job needs 3 slots on TaskManagers with at least 16 GiB memory (resources.taskmanager) and the "
        + "cluster has 2: it waits until there are more; the largest offers are 16 GiB memory and 8 cpus.",
        LackingSlots.Note(3, Needs(16, 0), [Node(2, 16, 4), Node(2, 8, 8)]));

    [Fact]
    public void A_cluster_without_TaskManagers_has_no_slots() => Assert.Equal(
        "The job needs 1 slot and the cluster has 0: it waits until there are more.",
        LackingSlots.Note(1, Needs(16, 0), []));

    private static JobSettings Needs(int gib, double cpus) =>
        new() { TaskmanagerMemoryBytes = gib * GiB, TaskmanagerCpus = cpus };

    private static TaskManagerReport Node(int slots, int gib, int cpus)
    {
        var node = new TaskManagerReport { MemoryBytes = gib * GiB, Cpus = cpus };
        for (int i = 0; i < slots; i++) node.Slots.Add(new SlotUse());
        return node;
    }
}
