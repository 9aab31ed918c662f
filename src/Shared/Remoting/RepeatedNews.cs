namespace Millrace.Shared.Remoting;

/// <summary>What is told: news that is new, or still comes after <see cref="Interval"/>.</summary>
internal sealed class RepeatedNews(TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>More are forgotten, and told again.</summary>
    public const int Most = 1000;

    private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);

    public bool IsNew(string news)
    {
        if (_told.TryGetValue(news, out long at) && time.GetElapsedTime(at) < Interval) return false;
        if (_told.Count >= Most) _told.Clear();
        _told[news] = time.GetTimestamp();
        return true;
    }
}
