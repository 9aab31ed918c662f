using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Scheduling;
using Millrace.JobManager.Status;
using Millrace.Shared.Graph;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Actors;

/// <summary>Keeps the latest numbers of the subtasks and tells how the job does.</summary>
internal sealed class JobReporter(JobMachine machine)
{
    /// <summary>
    /// The numbers of a job of more subtasks are told as totals of each vertex, so that a report stays far
    /// below the limit of a message.
    /// </summary>
    private const int MostSubtasksShown = 1_000;

    private readonly Dictionary<SubtaskKey, SubtaskMetrics> _latest = [];

    public void Add(SlotReport report)
    {
        foreach (SubtaskMetrics subtask in report.Subtasks)
        {
            var key = new SubtaskKey(subtask.Subtask.Vertex, subtask.Subtask.Subtask);
            if (subtask.Operators.Count == 0) continue;
            if (!_latest.TryGetValue(key, out SubtaskMetrics? known) || known.Attempt <= subtask.Attempt)
                _latest[key] = subtask;
        }
    }

    public JobReport Report()
    {
        JobRecord record = machine.Record;
        SubmissionAccepted submission = record.Submission!;
        var report = new JobReport
        {
            JobId = submission.JobId,
            Name = submission.Name,
            State = (JobStateCode)machine.State,
            Attempt = record.Attempt,
            Restarts = record.Restarts,
            SubmittedAt = submission.At,
            RunningSince = machine.RunningSince?.ToUnixTimeMilliseconds() ?? 0,
            EndedAt = record.Ended?.At ?? 0,
            Detail = record.Ended?.Reason ?? (machine.IsWaitingForSlots ? machine.Wait : ""),
            CheckpointsCompleted = record.CheckpointsCompleted,
            CheckpointsFailed = machine.Checkpoints.Failed,
            Checkpoints = { machine.Checkpoints.Latest },
            Exceptions = { record.Exceptions },
            Retained = { record.Retained.Select(CheckpointHistory.Of) },
            Notes = { submission.Notes.Concat(Notes()) },
            Parallelism = machine.Graph.SlotCount,
            MaxParallelism = machine.Graph.Job.MaxParallelism,
            Settings = submission.Settings,
            RestorePath = submission.RestorePath,
        };
        for (int vertex = 0; vertex < machine.Graph.Job.Vertices.Length; vertex++)
            report.Vertices.Add(Vertex(vertex, machine.Graph.Job.Vertices[vertex]));
        return report;
    }

    private IEnumerable<string> Notes()
    {
        if (machine.Options.Resources.TaskManagerSlots is not { } wanted) yield break;
        int[] others =
        [
            .. machine.Slots.Held.Select(s => s.SlotsOfNode).Where(n => n > 0 && n != wanted)
                .Distinct().Order(),
        ];
        if (others.Length > 0)
            yield return $"The job's file says {wanted} slots a TaskManager (resources.taskmanager.slots); "
                + $"those of this cluster have {string.Join(" or ", others)}.";
    }

    private VertexReport Vertex(int index, JobVertex vertex)
    {
        var report =
            new VertexReport { VertexId = vertex.Id, Name = vertex.Name, Parallelism = vertex.Parallelism };
        report.Operators.AddRange(vertex.Chain.Select(o => new OperatorName { Uid = o.Uid, Name = o.Name }));
        var numbers = new List<SubtaskMetrics>(vertex.Parallelism);
        for (int subtask = 0; subtask < vertex.Parallelism; subtask++)
        {
            var key = new SubtaskKey(index, subtask);
            Region region = machine.Graph.RegionOf(key);
            if (region.IsDeployed && machine.Graph[key] is SubtaskState.Running or SubtaskState.DataEnded)
                report.Running++;
            report.States.Add(new SubtaskReport
            {
                State = (SubtaskStateCode)machine.Graph[key],
                Attempt = region.Attempt,
                SlotId = machine.Slots[subtask]?.Id ?? "",
            });
            if (_latest.TryGetValue(key, out SubtaskMetrics? metrics)) numbers.Add(metrics);
        }
        if (machine.Graph.Total <= MostSubtasksShown) report.Subtasks.AddRange(numbers);
        else if (numbers.Count > 0) report.Subtasks.Add(SubtaskTotals.Of(index, numbers));
        return report;
    }
}
