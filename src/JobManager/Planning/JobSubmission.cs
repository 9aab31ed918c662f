using Akka.Actor;
using Google.Protobuf;
using Millrace.JobManager.Checkpoints;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Scheduling;
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

/// <summary>Another parallelism was planned for a client.</summary>
internal sealed record RescalePlanned(RescalePlan Plan, IActorRef Client);

/// <summary>
/// Turns what a client submits into what a JobMaster accepts: plans SQL, checks the graph, what the job needs
/// and the checkpoint to start from. Reads files and may take a while; never throws.
/// </summary>
/// <param name="memoryBytes">What this JobManager offers, as its cpus.</param>
internal sealed class JobSubmission(
    IJobPlanner planner,
    ICheckpointStore store,
    long memoryBytes = long.MaxValue,
    double cpus = double.MaxValue)
{
    /// <summary>Every slot is sent the plan in one message, of at most 4 MiB with all else.</summary>
    private const int MostGraphBytes = 3 << 20;

    public object Prepare(SubmitJob submit, IActorRef client) => Try(
        submit.Name,
        () => (object)new PlannedJob(Accept(submit), client),
        failed => new RefusedJob(failed, client));

    /// <returns>JobExplained or RequestFailed.</returns>
    public IMessage Explain(ExplainJob explain) => Try<IMessage>(
        explain.Name,
        () => new JobExplained { Text = planner.Explain(explain.Name, explain.Sql) },
        failed => failed);

    /// <returns>JobValidated or RequestFailed.</returns>
    public IMessage Validate(ValidateJob validate) => Try<IMessage>(
        validate.Job.Name,
        () => new JobValidated
        {
            Slots = SlotsOf(OperatorFactory.Codec.Decode(Accept(validate.Job).Graph.Span)),
        },
        failed => failed);

    /// <summary>The job at another parallelism.</summary>
    /// <returns>RescalePlanned or RefusedJob.</returns>
    public object Rescale(SubmissionAccepted submission, RescaleJob request, IActorRef client) => Try<object>(
        submission.Name,
        () => new RescalePlanned(
            Rescale(submission, request.Parallelism) with { Key = request.Request }, client),
        failed => new RefusedJob(failed, client));

    private RescalePlan Rescale(SubmissionAccepted submission, int parallelism)
    {
        JobGraph now = OperatorFactory.Codec.Decode(submission.Graph.Span);
        if (submission.Sql is null)
            throw new MillraceException(
                ErrorKind.Invalid,
                $"Job '{submission.Name}' was submitted as a graph; only a job of SQL can be rescaled.");
        if (parallelism < 1 || parallelism > now.MaxParallelism)
            throw new MillraceException(
                ErrorKind.Invalid,
                $"Parallelism {parallelism} of job '{submission.Name}' is not in 1..{now.MaxParallelism} "
                + "(max_parallelism).");
        SqlJob sql = submission.Sql.Clone();
        sql.Parallelism = parallelism;
        sql.MaxParallelism = now.MaxParallelism;
        JobGraph graph = planner.Plan(submission.Name, sql);
        Check(graph);
        if (SlotsOf(graph) == SlotsOf(now) && SlotsOf(graph) != parallelism)
            throw new MillraceException(
                ErrorKind.Invalid,
                $"The SQL of job '{submission.Name}' sets parallelism.default itself; it stays at "
                + $"{SlotsOf(now)}.");
        return new RescalePlan(graph, Encode(graph), parallelism);
    }

    /// <summary>Subtasks of the same index share a slot.</summary>
    public static int SlotsOf(JobGraph graph) => graph.Vertices.Max(v => v.Parallelism);

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
        CheckResources(submit);
        string restorePath = submit.RestorePath.Length == 0 ? "" : store.Resolve(submit.RestorePath);
        if (restorePath.Length > 0)
            RestoreCheck.Verify(store.ReadMetadata(restorePath), graph, submit.AllowNonRestoredState);
        return new SubmissionAccepted
        {
            JobId = submit.JobId,
            Name = submit.Name,
            Graph = Encode(graph),
            Settings = submit.Settings,
            RestorePath = restorePath,
            AllowNonRestoredState = submit.AllowNonRestoredState,
            Sql = submit.Sql,
        };
    }

    private static ByteString Encode(JobGraph graph)
    {
        byte[] bytes = OperatorFactory.Codec.Encode(graph);
        if (bytes.Length <= MostGraphBytes) return ByteString.CopyFrom(bytes);
        throw new MillraceException(
            ErrorKind.Invalid,
            $"The plan of job '{graph.Name}' has {NodeNeeds.Size(bytes.Length)}; at most "
            + $"{NodeNeeds.Size(MostGraphBytes)} can be sent to a TaskManager. Make several jobs of it.");
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

    private void CheckResources(SubmitJob submit)
    {
        if (submit.Settings is null) return;
        NodeNeeds needs = NodeNeeds.OfJobManager(JobSettingsCodec.FromMessage(submit.Settings).Resources);
        if (needs.AreMetBy(memoryBytes, cpus)) return;
        throw new MillraceException(
            ErrorKind.Invalid,
            $"Job '{submit.Name}' needs a JobManager with at least {needs} (resources.jobmanager); this one "
            + $"offers {NodeNeeds.Size(memoryBytes)} and {NodeNeeds.Cores(cpus)}.");
    }

    private static T Try<T>(string name, Func<T> act, Func<RequestFailed, T> fail)
    {
        try
        {
            return act();
        }
        catch (MillraceException e)
        {
            return fail(new RequestFailed { Kind = (FailureKind)e.Kind, Message = e.Message });
        }
        catch (Exception e)
        {
            string message = $"Job '{name}' could not be planned: {e}";
            return fail(new RequestFailed { Kind = FailureKind.FailureBug, Message = message });
        }
    }
}
