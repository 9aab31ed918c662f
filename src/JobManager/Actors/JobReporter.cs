using Millrace.JobManager.Execution;
using Millrace.Shared.Graph;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Actors;

/// <summary>Keeps the latest numbers of the attempt's subtasks and tells how the job does.</summary>
internal sealed class JobReporter(JobMachine machine)
{
    private readonly Dictionary<SubtaskKey, SubtaskMetrics> _latest = [];
    private int _attempt;

    public void Add(SlotReport report)
    {
        if (report.Attempt < _attempt) return;
        if (report.Attempt > _attempt) _latest.Clear();
        _attempt = report.Attempt;
        foreach (SubtaskMetrics subtask in report.Subtasks)
            if (subtask.Operators.Count > 0)
                _latest[new SubtaskKey(subtask.Subtask.Vertex, subtask.Subtask.Subtask)] = subtask;
    }

    /// <param name="wait">What the job waits for, from the JobManager.</param>
    public JobReport Report(string wait)
    {
        JobRecord record = machine.Record;
        var report = new JobReport
        {
            JobId = record.Submission!.JobId,
            Name = record.Submission.Name,
            State = (JobStateCode)machine.State,
            Attempt = record.Attempt,
            Restarts = record.Restarts,
            SubmittedAt = record.Submission.At,
            RunningSince = machine.RunningSince?.ToUnixTimeMilliseconds() ?? 0,
            EndedAt = record.Ended?.At ?? 0,
            Detail = record.Ended?.Reason ?? (machine.IsWaitingForSlots ? wait : ""),
            CheckpointsCompleted = record.CheckpointsCompleted,
            CheckpointsFailed = machine.Checkpoints.Failed,
            Checkpoints = { machine.Checkpoints.Latest },
            Exceptions = { record.Exceptions },
        };
        for (int vertex = 0; vertex < machine.Graph.Job.Vertices.Length; vertex++)
            report.Vertices.Add(Vertex(vertex, machine.Graph.Job.Vertices[vertex]));
        return report;
    }

    private VertexReport Vertex(int index, JobVertex vertex)
    {
        var report =
            new VertexReport { VertexId = vertex.Id, Name = vertex.Name, Parallelism = vertex.Parallelism };
        report.Operators.AddRange(vertex.Chain.Select(o => new OperatorName { Uid = o.Uid, Name = o.Name }));
        for (int subtask = 0; subtask < vertex.Parallelism; subtask++)
        {
            var key = new SubtaskKey(index, subtask);
            if (machine.Graph.IsDeployed
                && machine.Graph[key] is SubtaskState.Running or SubtaskState.DataEnded)
                report.Running++;
            if (_latest.TryGetValue(key, out SubtaskMetrics? metrics)) report.Subtasks.Add(metrics);
        }
        return report;
    }
}
