using Millrace.Shared.Checkpoints;
using Millrace.Shared.Connect;
using Millrace.TaskManager.Exchange;

namespace Millrace.TaskManager.Runtime;

/// <summary>
/// What all subtasks of a node share; a simulation puts its own clock, disk, exchange and threads here.
/// </summary>
/// <param name="RunInBackground">
/// Runs snapshot writing beside the subtasks (on threads of their own in production).
/// </param>
internal sealed record SubtaskEnvironment(
    TimeProvider Time,
    IConnectorRegistry Connectors,
    ICheckpointFiles CheckpointFiles,
    IExchange Exchange,
    Action<Action> RunInBackground)
{
    /// <summary>For each subtask one, where it has a thread.</summary>
    public NewThread NewThread { get; init; } = Threads.NewBackground;

    public RestoreMetadata Restores { get; } = new(CheckpointFiles);
}
