using System.Collections.Concurrent;

namespace Millrace.Shared.Metrics;

/// <summary>A number that only grows; one thread writes, any thread reads.</summary>
public sealed class Counter
{
    private long _value;

    public long Value => Volatile.Read(ref _value);

    public void Add(long amount = 1) => Volatile.Write(ref _value, _value + amount);
}

/// <summary>
/// The metrics of one operator or subtask by name (Flink's names: numRecordsIn, hitCount, watermarkLag).
/// </summary>
public sealed class MetricGroup
{
    private readonly ConcurrentDictionary<string, Counter> _counters = new();
    private readonly ConcurrentDictionary<string, Func<double>> _gauges = new();

    public Counter Counter(string name) => _counters.GetOrAdd(name, _ => new Counter());

    /// <summary>
    /// A value computed when it is read, from any thread; the function must not block or throw.
    /// </summary>
    public void Gauge(string name, Func<double> read) => _gauges[name] = read;

    /// <summary>Every metric with its value now.</summary>
    public IEnumerable<KeyValuePair<string, double>> Read()
    {
        foreach ((string name, Counter counter) in _counters) yield return new(name, counter.Value);
        foreach ((string name, Func<double> read) in _gauges) yield return new(name, read());
    }
}
