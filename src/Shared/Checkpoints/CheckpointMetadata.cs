using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Millrace.Shared.Dataflow;

namespace Millrace.Shared.Checkpoints;

/// <summary>
/// What one subtask wrote for one checkpoint: a file with a section for each operator of its chain.
/// </summary>
/// <param name="File">Name inside the checkpoint's folder; empty where the subtask has no state.</param>
/// <param name="OperatorUids">The operators that have a section in the file.</param>
public sealed record SubtaskSnapshot(
    string VertexId,
    int SubtaskIndex,
    string File,
    long SizeBytes,
    ImmutableArray<string> OperatorUids);

/// <summary>A complete checkpoint or savepoint: what a restore needs to know.</summary>
/// <param name="Folder">Where its files lie; the metadata file may have been moved along with them.</param>
public sealed record CheckpointMetadata(
    CheckpointId Checkpoint,
    bool IsSavepoint,
    string JobName,
    int MaxParallelism,
    string Folder,
    ImmutableArray<SubtaskSnapshot> Subtasks)
{
    /// <summary>The subtasks are left out here; the folder's own metadata has them.</summary>
    [JsonIgnore]
    public bool AreSubtasksInFolder { get; init; }
}
