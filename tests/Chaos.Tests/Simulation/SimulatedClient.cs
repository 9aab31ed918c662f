using Akka.Actor;
using Google.Protobuf;
using Millrace.Shared.Messages;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>Submits the job until it is accepted, and asks how it does until it has ended.</summary>
internal sealed class SimulatedClient : ReceiveActor, IWithTimers
{
    private readonly TimeSpan _interval;

    public SimulatedClient(Simulation simulation, SubmitJob submit)
    {
        _interval = simulation.Settings.AskInterval;
        IMessage next = submit;
        Receive<AskAgain>(_ =>
        {
            simulation.AskLeader(next, Self);
            simulation.AskLeader(new ListJobs(), Self);
        });
        Receive<JobList>(list => simulation.SeenStates.UnionWith(list.Jobs.Select(j => j.State)));
        Receive<AwaitJob>(m => simulation.AskLeader(m, Self));
        Receive<TakeSavepoint>(m => simulation.AskLeader(m, Self));
        Receive<RescaleJob>(m => simulation.AskLeader(m, Self));
        Receive<FailSubtask>(m => simulation.AskLeader(m, Self));
        Receive<CancelJob>(m => simulation.AskLeader(m, Self));
        Receive<JobSubmitted>(_ => next = new GetJob { JobId = submit.JobId });
        Receive<JobReport>(simulation.OnReport);
        Receive<RequestFailed>(refused => simulation.Note($"refused: {refused.Message}"));
        ReceiveAny(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() =>
        Timers.StartPeriodicTimer(AskAgain.Instance, AskAgain.Instance, TimeSpan.Zero, _interval);

    private sealed class AskAgain
    {
        public static readonly AskAgain Instance = new();
    }
}
