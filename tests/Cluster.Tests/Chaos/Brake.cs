using Microsoft.Data.Sqlite;

namespace Millrace.Cluster.Tests.Chaos;

/// <summary>
/// Makes jobs last as long as the chaos, however fast the machine is: holds the lock of their results most of
/// the time. What waits for a lock, and who held it when it was killed, is a part of the chaos.
/// </summary>
internal sealed class Brake(string database)
{
    private static readonly TimeSpan Held = TimeSpan.FromMilliseconds(2400);
    private static readonly TimeSpan Free = TimeSpan.FromMilliseconds(100);

    /// <summary>Until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken release)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        while (!release.IsCancellationRequested)
        {
            try
            {
                using SqliteTransaction held = connection.BeginTransaction(deferred: false);
                await Task.Delay(Held, CancellationToken.None);
            }
            catch (SqliteException)
            {
                // Somebody else has the lock; the next time.
            }
            await Task.Delay(Free, CancellationToken.None);
        }
    }
}
