using Millrace.CommandProtocol;

namespace Millrace.JobManager.Commands.Palettes;

/// <summary>The palette <c>job</c>: what its commands are called, take and show.</summary>
internal static class JobPalette
{
    private const string WhereSavepoint =
        "Where the savepoint goes; else savepoints beside the jobs' checkpoints.";

    private static readonly Parameter Job = new()
    {
        Name = "job",
        Value = "JOB",
        Help = "A job's id, the beginning of one, or a name.",
        IsRequired = true,
        Completes = Completion.Jobs,
    };

    private static readonly Parameter Savepoint = new()
    {
        Name = "savepoint",
        Kind = ParameterKinds.Folder,
        Value = "FOLDER",
        Help = "Take a savepoint below this folder first.",
    };

    private static readonly IReadOnlyList<Parameter> JobFile =
    [
        new()
        {
            Name = "file",
            Letter = "f",
            Kind = ParameterKinds.File,
            Value = "FILE",
            Help = "The job's YAML file.",
            IsRequired = true,
        },
        new()
        {
            Name = "set",
            Kind = ParameterKinds.Pair,
            Value = "NAME=VALUE",
            Help = "A variable of the job.",
            IsMany = true,
        },
        new()
        {
            Name = "conf",
            Kind = ParameterKinds.Pair,
            Value = "KEY=VALUE",
            Help = "A key below job_config, as in runtime.restart_delay=200ms.",
            IsMany = true,
        },
    ];

    public static Palette Create(LeaderClient leader)
    {
        var commands = new JobCommands(leader);
        return new Palette("job", "Submits jobs and looks after them.",
        [
            new Command(Submit, commands.SubmitAsync),
            Command.Of(List, commands.ListAsync),
            Command.Of(Show, commands.ShowAsync),
            new Command(Watch, commands.WatchAsync),
            Command.Of(Cancel, commands.CancelAsync),
            Command.Of(Stop, commands.StopAsync),
            Command.Of(TakeSavepoint, commands.SavepointAsync),
            Command.Of(Rescale, commands.RescaleAsync),
            Command.Of(Checkpoints, commands.CheckpointsAsync),
            Command.Of(Exceptions, commands.ExceptionsAsync),
            Command.Of(Explain, commands.ExplainAsync),
            Command.Of(Validate, commands.ValidateAsync),
        ]);
    }

    private static CommandDescription Submit => new()
    {
        Name = "submit",
        Help = "Submits a job and follows it to its end.",
        CanRepeat = true,
        Options =
        [
            .. JobFile,
            new()
            {
                Name = "savepoint",
                Letter = "s",
                Kind = ParameterKinds.Folder,
                Value = "FOLDER",
                Help = "The savepoint or checkpoint to start from.",
            },
            new()
            {
                Name = "allow-non-restored-state",
                Kind = ParameterKinds.Flag,
                Help = "Drop state of operators that the job no longer has.",
            },
            new() { Name = "detached", Kind = ParameterKinds.Flag, Help = "Return when it is accepted." },
        ],
        Sections = JobSections.Progress,
        Line = JobSections.ProgressLine,
    };

    private static CommandDescription List => new()
    {
        Name = "list",
        Help = "Lists the jobs, and the latest that have ended.",
        CanRepeat = true,
        Sections = JobSections.List,
    };

    private static CommandDescription Show => OfJob(
        "show", "Shows a job with its vertices and operators.", JobSections.Job);

    private static CommandDescription Watch => OfJob(
        "watch", "Follows a job until it ends.", JobSections.Progress) with
    { Line = JobSections.ProgressLine };

    private static CommandDescription Cancel => OfJob(
        "cancel", "Cancels a job and waits until it has ended.", JobSections.State) with
    { Options = [Savepoint] };

    private static CommandDescription Stop => OfJob(
        "stop", "Finishes a job with a savepoint.", JobSections.Savepoint) with
    { Options = [Savepoint with { Help = WhereSavepoint }] };

    private static CommandDescription TakeSavepoint => new()
    {
        Name = "savepoint",
        Help = "Takes a savepoint of a running job.",
        CanRepeat = true,
        Arguments =
        [
            Job,
            new()
            {
                Name = "folder",
                Kind = ParameterKinds.Folder,
                Value = "FOLDER",
                Help = WhereSavepoint,
            },
        ],
        Sections = JobSections.Savepoint,
    };

    private static CommandDescription Rescale => OfJob(
        "rescale", "Gives a job another parallelism; it goes on from a checkpoint.",
        JobSections.Rescaled) with
    {
        Options =
        [
            new()
            {
                Name = "parallelism",
                Letter = "p",
                Kind = ParameterKinds.Number,
                Value = "N",
                Help = "Subtasks of each operator, at most the job's max_parallelism.",
                IsRequired = true,
            },
        ],
    };

    private static CommandDescription Checkpoints => OfJob(
        "checkpoints", "Lists the latest checkpoints of a job.", JobSections.Checkpoints);

    private static CommandDescription Exceptions => OfJob(
        "exceptions", "Lists the latest failures of a job.", JobSections.Exceptions);

    private static CommandDescription Explain => new()
    {
        Name = "explain",
        Help = "Shows the plan of a job without running it.",
        CanRepeat = true,
        Options = JobFile,
        Sections = [new Section(SectionKinds.Text, "plan", "", [])],
    };

    private static CommandDescription Validate => new()
    {
        Name = "validate",
        Help = "Plans a job and says whether it could run.",
        CanRepeat = true,
        Options = JobFile,
        Sections = JobSections.Validation,
    };

    private static CommandDescription OfJob(string name, string help, IReadOnlyList<Section> sections) =>
        new() { Name = name, Help = help, CanRepeat = true, Arguments = [Job], Sections = sections };
}
