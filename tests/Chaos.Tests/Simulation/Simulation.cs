using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Google.Protobuf;
using Millrace.Connectors;
using Millrace.JobManager;
using Millrace.JobManager.Actors;
using Millrace.JobManager.Checkpoints;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Planning;
using Millrace.Operators;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Membership;
using Millrace.Shared.Messages;
using Millrace.TaskManager;
using Millrace.TaskManager.Runtime;
using Millrace.TaskManager.Slots;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>
/// The real JobManager, JobMaster, TaskManager and slots in one thread, on a clock, network, disk and journal
/// that a seed drives: a seed that breaks a promise breaks it again, step by step.
/// </summary>
/// <remarks>
/// One actor system holds all processes. An actor belongs to the process that its name begins with; what one
/// process says to another goes through <see cref="SimulatedNetwork"/>. Membership is simulated: who is taken
/// for lost, and when. So is what subtasks do (<see cref="SimulatedSubtask"/>), but for the sink: the
/// operator is the real one, and its outside system commits by transaction, so that a record that is lost, or
/// comes twice, is seen. <see cref="Promises"/> holds all to
/// what must be true at every moment.
/// </remarks>
internal sealed partial class Simulation : IDisposable
{
    public const string Job = "00000000job";

    /// <summary>A node without answer is removed after so long; its lease has run out before.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(7);

    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan SilenceCheck = TimeSpan.FromMilliseconds(250);

    private const int HistoryLimit = 2000;

    private readonly Random _random;
    private readonly SimulatedPlanner _planner;
    private readonly Queue<string> _history = new();
    private readonly int _number;
    private readonly List<SimulatedProcess> _processes = [];
    private readonly Dictionary<SimulatedProcess, IActorRef> _jobManagers = [];
    private readonly Dictionary<(SimulatedProcess, SimulatedProcess), DateTimeOffset> _silentSince = [];
    private readonly List<(SimulatedProcess Process, IActorRef Actor)> _actors = [];
    private readonly HashSet<SimulatedProcess> _isolated = [];
    private readonly SimulatedProcess _client;
    private readonly IActorRef _clientActor;
    private bool _isShuttingDown;
    private int _lastName;

    public Simulation(SimulationSettings settings)
    {
        BrokenPromiseException.Forget();
        Settings = settings;
        _random = new Random(settings.Seed);
        Time = new VirtualTime(_random);
        _number = Simulations.Add(this);
        System = ActorSystem.Create("simulation", ConfigurationFactory.ParseString(Hocon(_number)));
        _ = Akka.Persistence.Persistence.Instance.Apply(System);
        Time.Drive();
        Network = new SimulatedNetwork(this);
        Dataflow = new SimulatedDataflow(this);
        Promises = new Promises(this);
        Graph = SimulatedGraphs.SourceToSink(settings.Parallelism, settings.Exchange);
        _planner = new SimulatedPlanner(settings.Exchange);
        Faults = settings.Faults(this, _random);
        Faults.Install();
        Events.Stored = Promises.OnStored;
        Disk.AfterDelete = Promises.RetainedAreThere;
        _client = NewProcess("client");
        StartJobManager();
        for (int i = 0; i < settings.TaskManagers; i++) StartTaskManager();
        SubmitJob submit = NewSubmission();
        _clientActor = Start(_client, Props.Create(() => new SimulatedClient(this, submit)), "client");
        System.EventStream.Subscribe(
            Start(_client, Props.Create(() => new ErrorLog(this)), "log"), typeof(Akka.Event.Error));
        CheckSilence();
        foreach ((TimeSpan at, Action<Simulation> act) in settings.Script) After(null, at, () => act(this));
        settings.Storm?.Invoke(this, _random).Begin(Faults.Some(5000, 60_000));
    }

    public SimulationSettings Settings { get; }

    public VirtualTime Time { get; }

    public ActorSystem System { get; }

    public SimulatedNetwork Network { get; }

    public SimulatedDataflow Dataflow { get; }

    public SimulatedFiles Disk { get; } = new();

    public SimulatedResults Results { get; } = new();

    public StoredEvents Events { get; } = new();

    public FaultPlan Faults { get; }

    public Promises Promises { get; }

    public JobGraph Graph { get; }

    public SimulatedTable Table { get; } = new();

    public int Splits => Settings.Parallelism;

    public int RecordsPerSplit => Settings.RecordsPerSplit;

    public string JobFolder => $"/data/checkpoints/{Job}";

    public IReadOnlyList<SimulatedProcess> Processes => _processes;

    /// <summary>The JobManager that leads; null between two of them.</summary>
    public SimulatedProcess? Leader { get; private set; }

    public IEnumerable<SimulatedProcess> TaskManagers =>
        _processes.Where(p => p.IsAlive && p.Name.StartsWith("tm", StringComparison.Ordinal));

    public JobReport? LastReport { get; private set; }

    public HashSet<JobStateCode> SeenStates { get; } = [];

    /// <summary>The last things that happened, for a seed that fails.</summary>
    public IReadOnlyCollection<string> History => _history;

    public void Note(string what)
    {
        if (_history.Count == HistoryLimit) _history.Dequeue();
        _history.Enqueue($"{Time.Now:mm:ss.fff} {what}");
    }

    public void OnReport(JobReport report)
    {
        SeenStates.Add(report.State);
        if (report.State != JobStateCode.JobSuspended) LastReport = report;
    }

    /// <summary>The leader's JobManager stops as in an orderly shutdown, then its process ends.</summary>
    public void ShutDownLeader()
    {
        SimulatedProcess leader = Leader!;
        Note($"{leader} is shut down");
        _isShuttingDown = true;
        System.Stop(_jobManagers[leader]);
    }

    /// <summary>Until the job has ended and what it leaves behind is removed.</summary>
    /// <exception cref="TimeoutException">The job hangs.</exception>
    public void RunToEnd(TimeSpan limit)
    {
        DateTimeOffset until = Time.Now + limit;
        while (LastReport is not { EndedAt: > 0 } && Time.Step())
            if (Time.Now > until)
                throw new TimeoutException(
                    $"the job is {LastReport?.State} after {limit}: {LastReport?.Detail}");
        until = Time.Now + TimeSpan.FromMinutes(5);
        while (Time.Now < until && Time.Step())
        {
        }
        Promises.AtEnd();
    }

    public void Ask(object message) => _clientActor.Tell(message);

    public void AskLeader(IMessage message, IActorRef sender)
    {
        if (Leader is { } leader && _jobManagers.TryGetValue(leader, out IActorRef? jobManager))
            Network.View(_client, jobManager).Tell(message, sender);
    }

    /// <param name="process">Null: the simulation itself, which nothing stops.</param>
    public void After(SimulatedProcess? process, TimeSpan delay, Action act) => Time.After(delay, () =>
    {
        if (process is null) act();
        else process.Do(act);
    });

    public SimulatedProcess? ProcessOf(ICanTell? receiver)
    {
        if (receiver is not IActorRef { Path: { } path } || path.Elements.Count < 2) return null;
        string name = path.Elements[1];
        int end = name.IndexOf('.', StringComparison.Ordinal);
        return end < 0 ? null : _processes.Find(p => name.AsSpan(0, end).SequenceEqual(p.Name));
    }

    /// <summary>An actor of the process; it stops when the process is killed.</summary>
    public IActorRef Start(SimulatedProcess process, Props props, string what)
    {
        IActorRef actor = System.ActorOf(props, $"{process}.{what}-{++_lastName}");
        _actors.Add((process, actor));
        return actor;
    }

    public SimulatedProcess StartJobManager()
    {
        SimulatedProcess process = NewProcess("jm");
        var options = new JobManagerOptions
        {
            DataFolder = "/data",
            CheckpointFiles = Disk,
            StopTimeout = TimeSpan.FromSeconds(60),
            IsMember = node => Network.Knows(process, node),
            Time = new SimulatedClock(this, process),
            Background = work => DiskWork(process, work),
        };
        var store = new CheckpointStore(Disk);
        var submission = new JobSubmission(_planner, store);
        _jobManagers[process] = Start(
            process, Props.Create(() => new JobManagerActor(options, store, submission)), "jobmanager");
        Leader = process;
        IActorRef jobManager = _jobManagers[process];
        Start(process, Props.Create(() => new Guard(this, process, jobManager)), "guard");
        return process;
    }

    public SimulatedProcess StartTaskManager()
    {
        SimulatedProcess process = NewProcess("tm");
        var executor = Dataflow.NewExecutor(process);
        var clock = new SimulatedClock(this, process);
        var guard = new LeaseGuard(new Lease(clock), executor.CancelAll);
        guard.Start(clock);
        IActorRef region = Start(
            process, Props.Create(() => new SimulatedRegion(executor, guard.Lease)), "slots");
        IActorRef leader = Start(process, Props.Create(() => new LeaderProxy(this, process)), "leader");
        var options = new TaskManagerOptions
        {
            Slots = Settings.SlotsPerTaskManager,
            MemoryBytes = 1,
            Cpus = 1,
            Incarnation = _lastName,
        };
        Start(
            process, Props.Create(() => new TaskManagerActor(options, process.Node, region, leader, guard)),
            "taskmanager");
        return process;
    }

    public void Dispose()
    {
        Time.Release();
        System.Terminate().Wait(TimeSpan.FromSeconds(30));
        Simulations.Remove(_number);
    }

    /// <summary>The records that lie before the savepoint that has stopped the job.</summary>
    public int StoppedAt()
    {
        var stop = Events.Messages($"job-{Job}").OfType<Shared.Messages.Events.CheckpointTaken>()
            .Last(t => t.Stops);
        return Disk.Inside(stop.Folder).Where(f => Path.GetFileName(f).StartsWith(
            Graph.Vertices[0].Id, StringComparison.Ordinal))
            .Sum(f => SubtaskFile.FromBytes(Disk.Files[f]).Counts.Values.Sum());
    }

    private SimulatedProcess NewProcess(string role)
    {
        var process = new SimulatedProcess($"{role}{++_lastName}");
        _processes.Add(process);
        // Whoever is cut off from the majority can't let a new member join.
        foreach (SimulatedProcess alone in _isolated)
        {
            Network.Lose(process, alone);
            Network.Lose(alone, process);
        }
        return process;
    }

    private Task<object> DiskWork(SimulatedProcess process, Func<object> work)
    {
        var done = new TaskCompletionSource<object>();
        After(process, Faults.DiskDelay(), () =>
        {
            object result = work();
            process.Do(() => done.SetResult(result));
        });
        return done.Task;
    }

    private SubmitJob NewSubmission() => new()
    {
        JobId = Job,
        Name = "simulated",
        Sql = new SqlJob { Parallelism = Settings.Parallelism },
        Settings = JobSettingsCodec.ToMessage(Settings.Job),
    };

    private static string Hocon(int number) => $$"""
        simulation = {{number}}
        akka {
          loggers = []
          stdout-loglevel = off
          loglevel = ERROR
          scheduler.implementation = "{{typeof(SimulatedScheduler).AssemblyQualifiedName}}"
          coordinated-shutdown.run-by-actor-system-terminate = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          actor {
            default-dispatcher {
              executor = "{{typeof(SimulatedExecutorConfigurator).AssemblyQualifiedName}}"
              simulation = {{number}}
              throughput = 1
            }
            internal-dispatcher {
              type = Dispatcher
              executor = "{{typeof(SimulatedExecutorConfigurator).AssemblyQualifiedName}}"
              simulation = {{number}}
              throughput = 1
            }
          }
          persistence {
            journal.plugin = simulated-journal
            snapshot-store.plugin = simulated-snapshots
          }
        }
        simulated-journal {
          class = "{{typeof(SimulatedJournal).AssemblyQualifiedName}}"
          plugin-dispatcher = akka.actor.default-dispatcher
          simulation = {{number}}
        }
        simulated-snapshots {
          class = "{{typeof(SimulatedSnapshots).AssemblyQualifiedName}}"
          plugin-dispatcher = akka.actor.default-dispatcher
          simulation = {{number}}
        }
        """;

    /// <summary>A process whose JobManager has stopped, because another one writes, ends itself.</summary>
    private sealed class Guard : ReceiveActor
    {
        public Guard(Simulation simulation, SimulatedProcess process, IActorRef jobManager)
        {
            Context.Watch(jobManager);
            Receive<Terminated>(_ =>
            {
                // An orderly shutdown lets the last words out.
                if (simulation._isShuttingDown)
                    simulation.After(process, LastWords, () => simulation.Kill(process));
                else simulation.Kill(process);
            });
        }
    }

    /// <summary>
    /// An actor that has thrown is a bug, unless another JobManager has led or written first.
    /// </summary>
    private sealed class ErrorLog : ReceiveActor
    {
        public ErrorLog(Simulation simulation) => Receive<Akka.Event.Error>(e =>
        {
            simulation.Note($"{e.LogSource}: {e.Message} {e.Cause?.Message}");
            if (e.Cause is StoredEvents.ConflictException
                or MillraceException { Kind: ErrorKind.Fenced }) return;
            _ = new BrokenPromiseException($"{e.LogSource}: {e.Message} {e.Cause}");
        });
    }

    /// <summary>Stands for the shard region: starts the slots of its own node.</summary>
    private sealed class SimulatedRegion : ReceiveActor
    {
        public SimulatedRegion(ITaskExecutor executor, Lease lease) => Receive<OpenSlot>(open =>
        {
            string name = open.SlotId[(open.SlotId.LastIndexOf('/') + 1)..];
            IActorRef slot = Context.Child(name);
            if (slot.IsNobody())
                slot = Context.ActorOf(Props.Create(() => new SlotActor(open.SlotId, executor, lease)), name);
            slot.Forward(open);
        });
    }

    /// <summary>Stands for the singleton's proxy.</summary>
    private sealed class LeaderProxy : ReceiveActor
    {
        public LeaderProxy(Simulation simulation, SimulatedProcess viewer) => ReceiveAny(message =>
        {
            if (simulation.Leader is { } leader)
                simulation.Network.View(viewer, simulation._jobManagers[leader]).Forward(message);
        });
    }
}
