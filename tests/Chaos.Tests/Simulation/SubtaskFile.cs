using System.Text.Json;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>What a simulated subtask snapshots.</summary>
/// <param name="Counts">
/// Of a source: its position in each of its splits. Of a sink: how many records it has of each split.
/// </param>
/// <param name="Items">Of a sink: the items of its operator's state.</param>
internal sealed record SubtaskFile(SortedDictionary<int, int> Counts, List<byte[]> Items)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    public static SubtaskFile FromBytes(byte[] bytes) => JsonSerializer.Deserialize<SubtaskFile>(bytes)!;
}
