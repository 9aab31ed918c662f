using Google.Protobuf;
using Millrace.Shared.Graph;

namespace Millrace.JobManager.Execution;

/// <summary>What follows when a savepoint that was asked for is complete.</summary>
internal enum AfterSavepoint
{
    /// <summary>The job goes on.</summary>
    GoOn,

    /// <summary>The job finishes: sources emit nothing after its barrier.</summary>
    Stop,

    /// <summary>The job is canceled.</summary>
    Cancel,

    /// <summary>The job goes on from it with another graph; it lies among the job's checkpoints.</summary>
    Rescale,
}

/// <param name="Id">Names the request in the answer.</param>
/// <param name="Target">The folder below which the savepoint gets its own.</param>
/// <param name="ShortJob">The first digits of the job's id, for the folder's name.</param>
internal sealed record SavepointRequest(
    int Id, string Target, string ShortJob, AfterSavepoint Then = AfterSavepoint.GoOn)
{
    /// <summary>What a rescale makes of the job; null for others.</summary>
    public RescalePlan? Rescale { get; init; }

    /// <summary>
    /// The job does not go on as it is: nothing that comes after its barrier may take effect, since what goes
    /// on from the savepoint does that work again.
    /// </summary>
    public bool IsLast => Then != AfterSavepoint.GoOn;

    /// <summary>The client's name of the request, the same when it asks again; empty: it has none.</summary>
    public string Key { get; init; } = "";
}

/// <summary>The job at another parallelism.</summary>
/// <param name="Bytes">The graph, encoded.</param>
/// <param name="Key">As of <see cref="SavepointRequest"/>.</param>
internal sealed record RescalePlan(JobGraph Graph, ByteString Bytes, int Parallelism, string Key = "");
