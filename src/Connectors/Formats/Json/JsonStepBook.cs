using System.Runtime.CompilerServices;

namespace Millrace.Connectors.Formats.Json;

/// <summary>All steps learnt so far, found by the bytes that they begin with.</summary>
internal sealed unsafe class JsonStepBook
{
    /// <summary>Lines with ever new names are read by the book; real shapes need far fewer steps.</summary>
    private const int MaxSteps = 1024;

    private const int BucketBits = 10;

    private readonly JsonStep?[] _buckets = new JsonStep?[1 << BucketBits];

    /// <summary>Steps of fewer bytes than are hashed.</summary>
    private readonly List<JsonStep> _short = [];
    private int _count;

    public bool IsFull => _count == MaxSteps;

    /// <summary>A step from the same place that matches the text.</summary>
    public JsonStep? Find(JsonStep previous, byte* text)
    {
        for (JsonStep? step = _buckets[BucketOf(text)]; step is not null; step = step.NextInBucket)
            if (step.Continues(previous) && step.Matches(text)) return step;
        foreach (JsonStep step in _short)
            if (step.Continues(previous) && step.Matches(text)) return step;
        return null;
    }

    /// <param name="step">A new step.</param>
    /// <param name="text">The text that it was read from.</param>
    public void Add(JsonStep step, byte* text)
    {
        _count++;
        if (step.Length < sizeof(ulong))
        {
            _short.Add(step);
            return;
        }
        int bucket = BucketOf(text);
        step.NextInBucket = _buckets[bucket];
        _buckets[bucket] = step;
    }

    /// <summary>Fibonacci hashing of the next eight bytes.</summary>
    private static int BucketOf(byte* text) =>
        (int)(Unsafe.ReadUnaligned<ulong>(text) * 0x9E3779B97F4A7C15 >> (64 - BucketBits));
}
