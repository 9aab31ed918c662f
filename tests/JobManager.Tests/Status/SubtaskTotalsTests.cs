using Millrace.JobManager.Status;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.JobManager.Tests.Status;

public sealed class SubtaskTotalsTests
{
    [Fact]
    public void Counts_are_added_up_by_operator()
    {
        SubtaskMetrics total = SubtaskTotals.Of(
            2,
            [
                Numbers(1, ("a", "numRecordsIn", 3)),
                Numbers(4, ("a", "numRecordsIn", 4), ("b", "hitCount", 1)),
            ]);
        Assert.Equal((2, SubtaskTotals.All, 4), (total.Subtask.Vertex, total.Subtask.Subtask, total.Attempt));
        Assert.Equal(7, Value(total, "a", "numRecordsIn"));
        Assert.Equal(1, Value(total, "b", "hitCount"));
    }

    [Fact]
    public void The_watermark_is_the_least()
    {
        SubtaskMetrics total = SubtaskTotals.Of(
            0,
            [
                Numbers(1, ("a", "currentInputWatermark", 9)),
                Numbers(1, ("a", "currentInputWatermark", -5)),
            ]);
        Assert.Equal(-5, Value(total, "a", "currentInputWatermark"));
    }

    [Fact]
    public void What_one_subtask_does_not_know_nobody_does()
    {
        SubtaskMetrics total = SubtaskTotals.Of(
            0,
            [
                Numbers(1, ("a", "pendingBytes", 5)), Numbers(1, ("a", "pendingBytes", -1)),
                Numbers(1, ("a", "pendingBytes", 5)),
            ]);
        Assert.Equal(-1, Value(total, "a", "pendingBytes"));
    }

    [Fact]
    public void What_the_subtasks_have_reported_is_not_changed()
    {
        SubtaskMetrics first = Numbers(1, ("a", "numRecordsIn", 3));
        SubtaskTotals.Of(0, [first, Numbers(1, ("a", "numRecordsIn", 4))]);
        Assert.Equal(3, Value(first, "a", "numRecordsIn"));
    }

    private static double Value(SubtaskMetrics metrics, string uid, string name) =>
        metrics.Operators.Single(o => o.Uid == uid).Values[name];

    private static SubtaskMetrics Numbers(
        int attempt, params (string Uid, string Name, double Value)[] numbers) => new()
        {
            Subtask = new SubtaskRef(),
            Attempt = attempt,
            Operators =
            {
                numbers.Select(n => new OperatorMetrics { Uid = n.Uid, Values = { [n.Name] = n.Value } }),
            },
        };
}
