using Microsoft.Extensions.Logging;
using Millrace.Connectors;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Connect;
using Millrace.TaskManager.Runtime;

namespace Millrace.Local;

/// <summary>The size and the places of a cluster inside this process.</summary>
public sealed record LocalClusterOptions
{
    /// <summary>Each is an actor system of its own; the first shares one with the JobManager.</summary>
    public int TaskManagers { get; init; } = 1;

    public int SlotsPerTaskManager { get; init; } = 4;

    /// <summary>
    /// Holds the JobManager's database and, unless a job says otherwise, the checkpoints. A cluster that is
    /// started on the folder of an earlier one goes on with its jobs. Null: a temporary folder, removed at
    /// the end.
    /// </summary>
    public string? DataFolder { get; init; }

    /// <summary>The clock of operators and connectors.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where the nodes log; null: nowhere. What jobs fail of is in their status.</summary>
    public ILoggerProvider? Logging { get; init; }

    /// <summary>The connectors that tables may name.</summary>
    public IConnectorRegistry Connectors { get; init; } = ConnectorRegistry.Default;

    /// <summary>Where all nodes read and write checkpoints.</summary>
    public ICheckpointFiles CheckpointFiles { get; init; } = new LocalCheckpointFiles();

    /// <summary>Runs the subtasks of all TaskManagers here; null: the real runtime.</summary>
    public Func<ITaskExecutor>? Executor { get; init; }

    /// <summary>Where the JobManager takes commands of <c>pbm</c>, 0 for any free port; null: nowhere.</summary>
    public int? CommandPort { get; init; }

    /// <summary>The connection string of the database of jobs; null: a file in the data folder.</summary>
    internal string? MySqlJournal { get; init; }
}
