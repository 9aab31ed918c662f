using System.Numerics;

namespace Millrace.Shared.Keys;

/// <summary>A contiguous range of key groups, both ends included; empty where Last is below First.</summary>
public readonly record struct KeyGroupRange(int First, int Last)
{
    public int Count => Math.Max(0, Last - First + 1);

    public bool Contains(int keyGroup) => keyGroup >= First && keyGroup <= Last;
}

/// <summary>
/// Which key group a key is in and which subtask owns a key group; Flink's formulas
/// (KeyGroupRangeAssignment), so a job keeps its assignment at any parallelism.
/// </summary>
public static class KeyGroups
{
    public const int DefaultMaxParallelism = 128;
    public const int UpperBoundMaxParallelism = 32768;

    /// <summary>
    /// The key group, 0 to <paramref name="maxParallelism"/> - 1, of a key with this 32-bit hash.
    /// </summary>
    public static int Of(int keyHash, int maxParallelism) => Mix(keyHash) % maxParallelism;

    /// <summary>The subtask, 0 to <paramref name="parallelism"/> - 1, that owns the key group.</summary>
    public static int SubtaskOf(int keyGroup, int maxParallelism, int parallelism) =>
        keyGroup * parallelism / maxParallelism;

    /// <summary>
    /// The key groups that subtask <paramref name="subtask"/> of <paramref name="parallelism"/> owns.
    /// </summary>
    public static KeyGroupRange RangeOf(int subtask, int maxParallelism, int parallelism) => new(
        ((subtask * maxParallelism) + parallelism - 1) / parallelism,
        (((subtask + 1) * maxParallelism) - 1) / parallelism);

    /// <summary>
    /// Flink's default: the power of two at or above 1.5 times the parallelism, within 128 and 32768.
    /// </summary>
    public static int DefaultMaxParallelismFor(int parallelism) => (int)Math.Clamp(
        BitOperations.RoundUpToPowerOf2((uint)(parallelism + (parallelism / 2))),
        DefaultMaxParallelism,
        UpperBoundMaxParallelism);

    /// <summary>One round of Murmur3 over four bytes, made non-negative.</summary>
    private static int Mix(int code)
    {
        uint h = (uint)code * 0xcc9e2d51u;
        h = BitOperations.RotateLeft(h, 15) * 0x1b873593u;
        h = (BitOperations.RotateLeft(h, 13) * 5) + 0xe6546b64u;
        h ^= 4;
        h = (h ^ (h >> 16)) * 0x85ebca6bu;
        h = (h ^ (h >> 13)) * 0xc2b2ae35u;
        int mixed = (int)(h ^ (h >> 16));
        return mixed >= 0 ? mixed : mixed == int.MinValue ? 0 : -mixed;
    }
}
