using Millrace.Connectors.Jdbc;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Jdbc;

/// <summary>
/// The writers of one attempt go on while those of the next, of another parallelism, take over, all at once
/// on threads of their own.
/// </summary>
internal static class FencingRace
{
    private const int OldParallelism = 4;
    private const int NewParallelism = 3;
    private const int Flushes = 15;

    /// <summary>What the table holds afterwards, ordered by key.</summary>
    public static IReadOnlyList<string> Expected { get; } =
        [.. Enumerable.Range(0, OldParallelism).Select(key => $"{key}|2 {Flushes - 1}")];

    public static async Task RunAsync(TableSpec table, string job)
    {
        using var oldOnesWrite = new CountdownEvent(OldParallelism);
        Task[] writers =
        [
            .. Enumerable.Range(0, OldParallelism).Select(s => Start(() => WriteUntilFenced(s))),
            .. Enumerable.Range(0, NewParallelism).Select(s => Start(() => TakeOver(s))),
        ];
        await Task.WhenAll(writers);

        void WriteUntilFenced(int subtask)
        {
            using ISinkWriter sink = Open(attempt: 1, subtask, OldParallelism);
            Flush(sink, subtask, "1");
            oldOnesWrite.Signal();
            MillraceException? failure = null;
            while (failure is null)
                failure = (MillraceException?)Record.Exception(() => Flush(sink, subtask, "1 again"));
            Assert.Equal(ErrorKind.Fenced, failure.Kind);
        }

        void TakeOver(int subtask)
        {
            using ISinkWriter sink = Open(attempt: 2, subtask, NewParallelism);
            Assert.True(oldOnesWrite.Wait(TimeSpan.FromMinutes(1)));
            for (int i = 0; i < Flushes; i++)
                for (int key = subtask; key < OldParallelism; key += NewParallelism)
                    Flush(sink, key, $"2 {i}");
        }

        ISinkWriter Open(int attempt, int subtask, int parallelism) => new JdbcConnector().OpenSink(
            table, Tables.ContextOf(attempt, subtask, parallelism, job: job));
    }

    private static void Flush(ISinkWriter sink, long key, string value)
    {
        sink.Write(Tables.Batch([ChangeKind.UpdateAfter], Tables.Longs(key), BytesColumn.Of(value)));
        sink.Flush();
    }

    private static Task Start(Action action) => Task.Factory.StartNew(
        action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
