using Millrace.CommandProtocol;

namespace Millrace.JobManager.Commands.Palettes;

/// <summary>How documents of jobs are shown.</summary>
internal static class JobSections
{
    /// <summary>An observation of a job where there is no room for a view.</summary>
    public const string ProgressLine =
        "{name} {state:state}, attempt {attempt}, {running}/{subtasks} subtasks run, "
        + "{records:number} records, {recordsPerSecond:number}/s, {checkpoints} checkpoints[: {detail}]";

    public static readonly IReadOnlyList<Section> List =
    [
        new(SectionKinds.Table, "", "",
        [
            new("id", "ID", ColumnKinds.Id),
            new("name", "Name"),
            new("state", "State", ColumnKinds.State),
            new("attempt", "Attempt", ColumnKinds.Number),
            new("restarts", "Restarts", ColumnKinds.Number),
        ]),
    ];

    public static readonly IReadOnlyList<Section> State =
    [
        new(SectionKinds.Record, "", "",
        [
            new("id", "Job", ColumnKinds.Id),
            new("name", "Name"),
            new("state", "State", ColumnKinds.State),
            new("savepoint", "Savepoint"),
        ]),
    ];

    public static readonly IReadOnlyList<Section> Savepoint = State;

    public static readonly IReadOnlyList<Section> Rescaled =
    [
        new(SectionKinds.Record, "", "",
        [
            new("id", "Job", ColumnKinds.Id),
            new("name", "Name"),
            new("state", "State", ColumnKinds.State),
            new("parallelism", "Parallelism", ColumnKinds.Number),
            new("from", "Goes on from"),
        ]),
    ];

    public static readonly IReadOnlyList<Section> Validation =
    [
        new(SectionKinds.Record, "", "",
        [
            new("name", "Job"),
            new("slots", "Slots needed", ColumnKinds.Number),
            new("freeSlots", "Slots free", ColumnKinds.Number),
            new("totalSlots", "Slots in all", ColumnKinds.Number),
            new("notes", "Notes"),
        ]),
    ];

    public static readonly IReadOnlyList<Section> Job =
    [
        Record(),
        Vertices(),
        new(SectionKinds.Table, "operators", "Operators",
        [
            new("uid", "Uid"),
            new("name", "Operator"),
            new("recordsIn", "Records in", ColumnKinds.Number),
            new("recordsOut", "Records out", ColumnKinds.Number),
        ]),
    ];

    public static readonly IReadOnlyList<Section> Progress =
    [
        Record(
            new("progress", "Progress", ColumnKinds.Bar),
            new("records", "Records read", ColumnKinds.Number),
            new("recordsPerSecond", "Records per second", ColumnKinds.Number),
            new("pendingBytes", "Not read yet", ColumnKinds.Bytes)),
        Vertices(),
    ];

    public static readonly IReadOnlyList<Section> Checkpoints =
    [
        new(SectionKinds.Table, "", "",
        [
            new("id", "ID", ColumnKinds.Number),
            new("kind", "Kind"),
            new("state", "State", ColumnKinds.State),
            new("triggeredAt", "Triggered", ColumnKinds.Time),
            new("duration", "Duration", ColumnKinds.Duration),
            new("bytes", "Size", ColumnKinds.Bytes),
            new("folder", "Folder"),
            new("failure", "Failure"),
        ]),
    ];

    public static readonly IReadOnlyList<Section> Exceptions =
    [
        new(SectionKinds.Table, "", "",
        [
            new("at", "At", ColumnKinds.Time),
            new("attempt", "Attempt", ColumnKinds.Number),
            new("kind", "Kind"),
            new("origin", "Origin"),
            new("message", "Message"),
        ]),
    ];

    private static Section Record(params ColumnDescription[] further) => new(SectionKinds.Record, "", "",
    [
        new("id", "Job", ColumnKinds.Id),
        new("name", "Name"),
        new("state", "State", ColumnKinds.State),
        new("detail", "Detail"),
        new("attempt", "Attempt", ColumnKinds.Number),
        new("restarts", "Restarts", ColumnKinds.Number),
        new("submittedAt", "Submitted", ColumnKinds.Time),
        new("runningSince", "Running since", ColumnKinds.Time),
        new("endedAt", "Ended", ColumnKinds.Time),
        new("running", "Running subtasks", ColumnKinds.Number),
        new("subtasks", "Subtasks", ColumnKinds.Number),
        new("checkpoints", "Checkpoints", ColumnKinds.Number),
        new("failedCheckpoints", "Failed checkpoints", ColumnKinds.Number),
        .. further,
    ]);

    private static Section Vertices() => new(SectionKinds.Table, "vertices", "Vertices",
    [
        new("name", "Vertex"),
        new("parallelism", "Parallelism", ColumnKinds.Number),
        new("running", "Running", ColumnKinds.Number),
        new("recordsIn", "Records in", ColumnKinds.Number),
        new("recordsOut", "Records out", ColumnKinds.Number),
    ]);
}
