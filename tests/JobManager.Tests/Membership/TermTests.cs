using Akka.Actor;
using Akka.Hosting;
using Google.Protobuf;
using Millrace.Connectors;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Tests.Fakes;
using Millrace.Operators;
using Millrace.Shared.Hosting;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.JobManager.Tests.Membership;

/// <summary>
/// Two JobManagers that both believe to lead, on one journal: each in a cluster of its own, as after a partition.
/// </summary>
public sealed class TermTests : IDisposable
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-test-");

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public Task A_leader_whose_write_conflicts_stops_and_leads_again_only_with_a_higher_term() =>
        LeaderStopsAsync(File);

    [MySqlFact(Timeout = 120_000)]
    public Task A_leader_whose_write_conflicts_on_a_server_stops_and_leads_again_only_with_a_higher_term() =>
        OnServerAsync("leader", LeaderStopsAsync);

    [Fact(Timeout = 120_000)]
    public Task A_JobMaster_whose_write_conflicts_stops_and_the_job_stays_with_the_later_leader() =>
        JobMasterStopsAsync(File);

    [MySqlFact(Timeout = 120_000)]
    public Task A_JobMaster_whose_write_conflicts_on_a_server_stops_and_the_job_stays_with_the_later_leader() =>
        OnServerAsync("jobmaster", JobMasterStopsAsync);

    private static async Task LeaderStopsAsync(JobManagerOptions options)
    {
        await using TestNode first = await StartAsync(options);
        Assert.Equal(1, await TermOfAsync(first));
        IActorRef leader = await LeaderOfAsync(first);
        await using TestNode second = await StartAsync(options);
        Assert.Equal(2, await TermOfAsync(second));
        Task<bool> stopped = leader.WatchAsync();
        JobManagerOf(first).Tell(Submission);
        Assert.True(await stopped);
        Assert.Equal(3, await TermOfAsync(first));
        // The job was never registered: the client is not answered, and submits again.
        var jobs = await JobManagerOf(first).Ask<JobList>(new ListJobs(), AskTimeout);
        Assert.Empty(jobs.Jobs);
    }

    /// <summary>Both run the job; the second one cancels it, then the first one tries to.</summary>
    private static async Task JobMasterStopsAsync(JobManagerOptions options)
    {
        await using TestNode first = await StartAsync(options);
        Assert.Equal(1, await TermOfAsync(first));
        await JobManagerOf(first).Ask<JobSubmitted>(Submission, AskTimeout);
        IActorRef leader = await LeaderOfAsync(first);
        await using TestNode second = await StartAsync(options);
        Assert.Equal(2, await TermOfAsync(second));
        var cancel = new CancelJob { JobId = Submission.JobId };
        await Wait.ForAsync(
            async () => await JobManagerOf(second).Ask<object>(cancel, AskTimeout) is RequestDone,
            "the second one has recovered the job and cancels it");
        Task<bool> stopped = leader.WatchAsync();
        JobManagerOf(first).Tell(cancel);
        Assert.True(await stopped);
        Assert.Equal(3, await TermOfAsync(first));
        var report = await JobManagerOf(first).Ask<JobReport>(
            new GetJob { JobId = Submission.JobId }, AskTimeout);
        Assert.Equal(JobStateCode.JobCanceled, report.State);
    }

    private static SubmitJob Submission { get; } = new()
    {
        JobId = new string('a', 32),
        Name = "job",
        Graph = ByteString.CopyFrom(OperatorFactory.Codec.Encode(TestGraphs.SourceToSink())),
        Settings = JobSettingsCodec.ToMessage(new JobOptions()),
    };

    private JobManagerOptions File => new() { DataFolder = _folder.FullName };

    private async Task OnServerAsync(string purpose, Func<JobManagerOptions, Task> test)
    {
        using var database = new MySqlDatabase(purpose);
        await test(File with { MySqlJournal = database.ConnectionString() });
    }

    private static Task<TestNode> StartAsync(JobManagerOptions options) => TestNode.StartAsync(
        TestNode.JobManager(), akka => akka.WithJobManager(options, ConnectorRegistry.Default));

    private static IActorRef JobManagerOf(TestNode node) => ActorRegistry.For(node.System).Get<JobManagerKey>();

    private static Task<IActorRef> LeaderOfAsync(TestNode node) =>
        node.System.ActorSelection("/user/jobmanager/jobmanager/leader").ResolveOne(AskTimeout);

    /// <summary>As it is told to TaskManagers; asks until someone leads.</summary>
    private static async Task<long> TermOfAsync(TestNode node)
    {
        long term = 0;
        await Wait.ForAsync(async () =>
        {
            try
            {
                var offer = new RegisterTaskManager { Node = "a:1", Protocol = 1 };
                term = (await JobManagerOf(node).Ask<TaskManagerRegistered>(offer, TimeSpan.FromSeconds(1))).Term;
                return true;
            }
            catch (AskTimeoutException)
            {
                return false;
            }
        }, "a JobManager leads");
        return term;
    }
}
