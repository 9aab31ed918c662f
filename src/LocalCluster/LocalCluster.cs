using Millrace.JobManager;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Status;
using Millrace.Shared.Graph;

namespace Millrace.Local;

/// <summary>
/// A JobManager and TaskManagers in this process, on loopback ports of their own: what <c>./run</c> and tests
/// start. Disposing stops everything; jobs that have not ended are suspended and go on when a cluster is started
/// on the same folder.
/// </summary>
public sealed class LocalCluster : IAsyncDisposable
{
    private LocalCluster(LocalClusterOptions options) => Options = options;

    public LocalClusterOptions Options { get; }

    /// <summary>Returns when all slots are registered.</summary>
    public static Task<LocalCluster> StartAsync(LocalClusterOptions? options = null, CancellationToken cancel = default) =>
        Task.FromResult(new LocalCluster(options ?? new LocalClusterOptions()));

    /// <summary>Plans and submits a job; it waits for slots if there are too few now.</summary>
    /// <exception cref="Shared.Errors.MillraceException">Invalid: the SQL or a table cannot be used; the savepoint does not fit.</exception>
    public Task<JobId> SubmitAsync(JobDefinition definition, RestoreFrom? restore = null, CancellationToken cancel = default) =>
        throw new NotImplementedException();

    public Task<JobId> SubmitAsync(
        JobGraph graph, JobOptions? options = null, RestoreFrom? restore = null, CancellationToken cancel = default) =>
        throw new NotImplementedException();

    public Task<JobStatus> StatusAsync(JobId job, CancellationToken cancel = default) =>
        throw new NotImplementedException();

    /// <summary>Waits until the job has ended, however it did.</summary>
    public Task<JobStatus> WaitAsync(JobId job, CancellationToken cancel = default) =>
        throw new NotImplementedException();

    public Task CancelAsync(JobId job, CancellationToken cancel = default) => throw new NotImplementedException();

    /// <summary>Writes a savepoint below <paramref name="folder"/> and returns its own folder.</summary>
    public Task<string> SavepointAsync(JobId job, string folder, CancellationToken cancel = default) =>
        throw new NotImplementedException();

    /// <summary>As <see cref="SavepointAsync"/>, and the job has finished when it returns.</summary>
    public Task<string> StopWithSavepointAsync(JobId job, string folder, CancellationToken cancel = default) =>
        throw new NotImplementedException();

    /// <summary>Makes one running subtask of the job fail.</summary>
    /// <returns>False when none was running.</returns>
    public Task<bool> KillRandomSubtaskAsync(JobId job, Random random, CancellationToken cancel = default) =>
        throw new NotImplementedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
