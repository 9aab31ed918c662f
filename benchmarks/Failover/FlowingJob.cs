using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Millrace.Pbm;
using Millrace.Pbm.Output;
using Millrace.Pbm.Shell;
using Millrace.Processes;
using Spectre.Console;

namespace Millrace.Benchmarks.Failover;

/// <summary>
/// A job that never ends: random rows, counted by key on all TaskManagers, into a SQLite file, where the
/// sink's fencing table says which attempt has written last.
/// </summary>
internal sealed class FlowingJob(ProcessCluster cluster, string folder)
{
    private const string Definition = """
        job_config:
          name: "flowing"
          runtime:
            parallelism: 4
            restart_strategy: "fixed-delay"
            restart_attempts: 100000
            restart_delay: "1ms"
          checkpoint: { interval: "1s", min_pause: "100ms" }
        sql: "flowing.sql"
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private string Results => Path.Combine(folder, "results.db");

    private string Sql => $"""
        CREATE TABLE events (k BIGINT) WITH (
          'connector' = 'datagen', 'rows-per-second' = '2000',
          'fields.k.kind' = 'random', 'fields.k.min' = '0', 'fields.k.max' = '1000');
        CREATE TABLE counts (k BIGINT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH (
          'connector' = 'jdbc', 'url' = 'jdbc:sqlite:{Results}', 'table-name' = 'counts',
          'sink.buffer-flush.interval' = '50ms');
        INSERT INTO counts SELECT k, COUNT(*) AS n FROM events GROUP BY k;
        """;

    public async Task StartAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "flowing.sql"), Sql);
        string file = Path.Combine(folder, "flowing.yaml");
        await File.WriteAllTextAsync(file, Definition);
        using var interrupts = new Interrupts();
        string addresses = string.Join(',', cluster.Processes
            .Where(p => p.Role == ProcessRole.JobManager).Select(p => p.AddressOf("command")));
        int exitCode = await new PbmProgram(new PbmConsole(AnsiConsole.Console, Console.Error, () => folder, null))
            .RunAsync([addresses, "job", "submit", "-f", file, "--detached"], interrupts);
        if (exitCode != 0) throw new InvalidOperationException("The job was not taken.");
    }

    /// <summary>Returns when rows are being written.</summary>
    public async Task FlowsAsync(TimeSpan limit)
    {
        var time = Stopwatch.StartNew();
        long before = Rows();
        while (Rows() <= before)
        {
            if (time.Elapsed > limit) throw new TimeoutException("The job writes nothing.");
            await Task.Delay(Pause);
        }
    }

    /// <summary>The latest attempt that has committed rows; 0 before the first.</summary>
    public long Attempt() => Ask("SELECT COALESCE(MAX(attempt), 0) FROM millrace_fencing");

    private long Rows() => Ask("SELECT COALESCE(SUM(n), 0) FROM counts");

    private long Ask(string query)
    {
        if (!File.Exists(Results)) return 0;
        using var connection = new SqliteConnection($"Data Source={Results};Mode=ReadOnly;Pooling=False");
        connection.Open();
#pragma warning disable CA2100 // constants of this file
        using var command = new SqliteCommand(query, connection);
#pragma warning restore CA2100
        try
        {
            return (long)command.ExecuteScalar()!;
        }
        catch (SqliteException)
        {
            // No table yet, or it is locked at the moment.
            return 0;
        }
    }
}
