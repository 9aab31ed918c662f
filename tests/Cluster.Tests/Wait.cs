namespace Millrace.Cluster.Tests;

internal static class Wait
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>Until the condition holds, or the test fails.</summary>
    public static Task ForAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null) =>
        ForAsync(condition, () => what, limit);

    public static Task ForAsync(Func<bool> condition, string what) => ForAsync(condition, () => what);

    /// <param name="what">Asked when the time is over.</param>
    public static Task ForAsync(Func<bool> condition, Func<string> what) =>
        ForAsync(() => Task.FromResult(condition()), what);

    /// <param name="what">Asked when the time is over.</param>
    public static async Task ForAsync(
        Func<Task<bool>> condition, Func<string> what, TimeSpan? limit = null)
    {
        using var time = new CancellationTokenSource(limit ?? Limit);
        while (!await condition())
        {
            if (time.IsCancellationRequested)
                throw new TimeoutException($"Waited {(limit ?? Limit).TotalSeconds} s: {what()}.");
            await Task.Delay(50);
        }
    }
}
