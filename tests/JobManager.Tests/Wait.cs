namespace Millrace.JobManager.Tests;

internal static class Wait
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Until the condition holds, or the test fails.</summary>
    public static Task ForAsync(Func<bool> condition, string what) =>
        ForAsync(() => Task.FromResult(condition()), what);

    public static Task ForAsync(Func<Task<bool>> condition, string what) => ForAsync(condition, () => what);

    /// <param name="what">Asked when the time is up.</param>
    public static async Task ForAsync(Func<Task<bool>> condition, Func<string> what)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await condition())
        {
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"Waited {Limit.TotalSeconds} s: {what()}.");
            await Task.Delay(5);
        }
    }
}
