using Millrace.Shared.Messages;

namespace Millrace.JobManager.Status;

/// <summary>
/// The numbers of many subtasks of a vertex as those of one, for jobs too large to show each.
/// </summary>
internal static class SubtaskTotals
{
    /// <summary>What stands in the place of a subtask's index.</summary>
    public const int All = -1;

    private const string Watermark = "Watermark";

    /// <summary>
    /// Counts are added up; of watermarks the least counts; what one does not know (below 0) nobody does.
    /// </summary>
    public static SubtaskMetrics Of(int vertex, IEnumerable<SubtaskMetrics> subtasks)
    {
        var total = new SubtaskMetrics { Subtask = new SubtaskRef { Vertex = vertex, Subtask = All } };
        var operators = new Dictionary<string, OperatorMetrics>(StringComparer.Ordinal);
        foreach (SubtaskMetrics subtask in subtasks)
        {
            total.Attempt = Math.Max(total.Attempt, subtask.Attempt);
            foreach (OperatorMetrics metrics in subtask.Operators)
            {
                if (!operators.TryGetValue(metrics.Uid, out OperatorMetrics? sums))
                {
                    operators.Add(metrics.Uid, metrics.Clone());
                    total.Operators.Add(operators[metrics.Uid]);
                    continue;
                }
                foreach ((string name, double value) in metrics.Values)
                    sums.Values[name] = sums.Values.TryGetValue(name, out double sum)
                        ? Merge(name, sum, value)
                        : value;
            }
        }
        return total;
    }

    private static double Merge(string name, double a, double b) =>
        name.EndsWith(Watermark, StringComparison.Ordinal) ? Math.Min(a, b)
        : a < 0 || b < 0 ? -1
        : a + b;
}
