using System.Text.Json;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>What a simulated subtask snapshots.</summary>
/// <param name="Counts">
/// Of a source: its position, under its own index. Of a sink: how many records it has from each source.
/// </param>
/// <param name="Prepared">Of a sink: what each checkpoint makes it commit.</param>
internal sealed record SubtaskFile(
    SortedDictionary<int, int> Counts, SortedDictionary<long, List<SourceRecord>> Prepared)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    public static SubtaskFile FromBytes(byte[] bytes) => JsonSerializer.Deserialize<SubtaskFile>(bytes)!;
}
