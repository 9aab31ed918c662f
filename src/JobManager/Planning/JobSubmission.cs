using Akka.Actor;
using Google.Protobuf;
using Millrace.JobManager.Checkpoints;
using Millrace.JobManager.Execution;
using Millrace.Operators;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Keys;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Planning;

/// <summary>The job can run; its JobMaster accepts it.</summary>
internal sealed record PlannedJob(SubmissionAccepted Submission, IActorRef Client);

/// <summary>It can't, and the client is told why.</summary>
internal sealed record RefusedJob(RequestFailed Answer, IActorRef Client);

/// <summary>
/// Turns what a client submits into what a JobMaster accepts: plans SQL, checks the graph and the checkpoint
/// to start from. Reads files and may take a while; never throws.
/// </summary>
internal sealed class JobSubmission(IJobPlanner planner, ICheckpointStore store)
{
    public object Prepare(SubmitJob submit, IActorRef client)
    {
        try
        {
            return new PlannedJob(Accept(submit), client);
        }
        catch (MillraceException e)
        {
            return Refuse((FailureKind)e.Kind, e.Message, client);
        }
        catch (Exception e)
        {
            return Refuse(FailureKind.FailureBug, $"Job '{submit.Name}' could not be planned: {e}", client);
        }
    }

    private SubmissionAccepted Accept(SubmitJob submit)
    {
        JobGraph graph = submit.PlanCase switch
        {
            SubmitJob.PlanOneofCase.Graph => OperatorFactory.Codec.Decode(submit.Graph.Span),
            SubmitJob.PlanOneofCase.Sql => planner.Plan(submit.Name, submit.Sql),
            _ => throw new MillraceException(
                ErrorKind.Invalid, $"Job '{submit.Name}' has neither SQL nor a graph."),
        };
        Check(graph);
        if (submit.RestorePath.Length > 0)
            RestoreCheck.Verify(store.ReadMetadata(submit.RestorePath), graph, submit.AllowNonRestoredState);
        return new SubmissionAccepted
        {
            JobId = submit.JobId,
            Name = submit.Name,
            Graph = ByteString.CopyFrom(OperatorFactory.Codec.Encode(graph)),
            Settings = submit.Settings,
            RestorePath = submit.RestorePath,
            AllowNonRestoredState = submit.AllowNonRestoredState,
        };
    }

    private static void Check(JobGraph graph)
    {
        if (graph.Vertices.Length == 0)
            throw new MillraceException(
                ErrorKind.Invalid, $"Job '{graph.Name}' does nothing: it has no INSERT INTO.");
        if (graph.MaxParallelism is < 1 or > KeyGroups.UpperBoundMaxParallelism)
            throw new MillraceException(
                ErrorKind.Invalid,
                $"max_parallelism {graph.MaxParallelism} of job '{graph.Name}' "
                + $"is not in 1..{KeyGroups.UpperBoundMaxParallelism}.");
        foreach (JobVertex vertex in graph.Vertices)
            if (vertex.Parallelism < 1 || vertex.Parallelism > graph.MaxParallelism)
                throw new MillraceException(
                    ErrorKind.Invalid,
                    $"The parallelism {vertex.Parallelism} of {vertex.Name} in job '{graph.Name}' is not in "
                    + $"1..{graph.MaxParallelism} (max_parallelism).");
    }

    private static RefusedJob Refuse(FailureKind kind, string message, IActorRef client) =>
        new(new RequestFailed { Kind = kind, Message = message }, client);
}
