using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using Millrace.Shared.Processes;

namespace Millrace.Processes;

/// <summary>The command line of <c>./cluster</c>.</summary>
internal static class ClusterCommand
{
    private const int MaxProcesses = 100, MaxSlots = 1024;

    private static readonly Option<string> Dir = new("--dir")
    {
        Description = "The cluster's folder: its logs, jobs, checkpoints, and who runs.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "out/cluster",
        Recursive = true,
    };

    private static readonly Option<int> JobManagers =
        Count("--jobmanagers", 1, MaxProcesses, "One leads, the others stand by.", 1);

    private static readonly Option<int> TaskManagers =
        Count("--taskmanagers", 0, MaxProcesses, "Each offers slots.", 1);

    private static readonly Option<int> Slots = Count("--slots", 1, MaxSlots, "Of each TaskManager.", 4);

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON document." };

    private static readonly Option<bool> Version = new("--version") { Description = "Print the version." };

    private static readonly Argument<string> Role = new("ROLE") { Description = "taskmanager or jobmanager" };

    static ClusterCommand()
    {
        Role.Validators.Add(result =>
        {
            string word = result.Tokens[0].Value;
            if (ProcessRoles.Parse(word) is null)
                result.AddError($"'{word}' is no role; write taskmanager or jobmanager.");
        });
        Role.CompletionSources.Add("taskmanager", "jobmanager");
        Dir.Validators.Add(result =>
        {
            if (string.IsNullOrWhiteSpace(result.GetValueOrDefault<string>()))
                result.AddError("--dir is empty; name the cluster's folder.");
        });
    }

    public static Command Create()
    {
        var start = new Command("start", "Start a cluster; returns when all slots are registered.")
        {
            JobManagers, TaskManagers, Slots,
        };
        start.SetAction(StartAsync);
        var add = new Command("add", "Start one more process; returns when it runs.") { Role };
        add.SetAction(AddAsync);
        var status = new Command("status", "Show what is alive now.") { Json };
        status.SetAction(StatusAsync);
        var stop = new Command("stop", "Stop everything, orderly; logs stay.");
        stop.SetAction(StopAsync);
        // No RootCommand: that has the assembly's name in its help.
        var cluster = new Command(
            "cluster",
            "Starts, shows and stops a cluster of processes on this machine, on free loopback ports. A "
            + "jobmanager.yaml and a taskmanager.yaml in DIR configure the processes (docs/operations.md).")
        {
            start, add, status, stop, Dir, new HelpOption(), Version,
        };
        cluster.SetAction(result =>
        {
            if (result.GetValue(Version)) Console.WriteLine(ProgramVersion.Text);
        });
        cluster.Validators.Add(result =>
        {
            if (!result.GetValue(Version)) result.AddError("A command is missing; --help lists them.");
        });
        return cluster;
    }

    private static async Task<int> StartAsync(ParseResult result, CancellationToken cancel)
    {
        string dir = result.GetValue(Dir)!;
        var cluster = new ProcessCluster(dir);
        int taskManagers = result.GetValue(TaskManagers), slots = result.GetValue(Slots);
        await cluster.StartAsync(result.GetValue(JobManagers), taskManagers, slots, cancel)
            .ConfigureAwait(false);
        ClusterStatus status = await ClusterStatus.ReadAsync(cluster, cancel).ConfigureAwait(false);
        Console.WriteLine(
            $"{status.Processes.Count} processes run, {taskManagers * slots} slots are registered.");
        Console.WriteLine($"Commands: ./pbm {status.Pbm} job list. Logs: {Path.Combine(dir, "logs")}");
        return 0;
    }

    private static async Task<int> AddAsync(ParseResult result, CancellationToken cancel)
    {
        NodeProcess process = await new ProcessCluster(result.GetValue(Dir)!)
            .AddAsync(ProcessRoles.Parse(result.GetValue(Role)!)!.Value, cancel).ConfigureAwait(false);
        Console.WriteLine($"{process.Name} runs, pid {process.Pid}.");
        return 0;
    }

    private static async Task<int> StatusAsync(ParseResult result, CancellationToken cancel)
    {
        ClusterStatus status = await ClusterStatus
            .ReadAsync(new ProcessCluster(result.GetValue(Dir)!), cancel).ConfigureAwait(false);
        Console.WriteLine(result.GetValue(Json) ? status.ToJson() : status.ToText());
        return 0;
    }

    private static async Task<int> StopAsync(ParseResult result, CancellationToken cancel)
    {
        await new ProcessCluster(result.GetValue(Dir)!).StopAsync(cancel).ConfigureAwait(false);
        Console.WriteLine("Stopped.");
        return 0;
    }

    private static Option<int> Count(string name, int min, int max, string description, int usual) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => usual,
            CustomParser = result => ReadCount(result, min, max),
        };

    private static int ReadCount(ArgumentResult result, int min, int max)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && count >= min && count <= max)
            return count;
        result.AddError($"'{text}' is no count; write a whole number from {min} to {max}.");
        return min;
    }
}
