using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Millrace.Connectors.Jdbc;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Jdbc;

/// <summary>This assembly as a process of its own that uses a database; killed with its owner.</summary>
internal sealed partial class SinkProcess : IDisposable
{
    private const int Stop = 19;
    private const int Continue = 18;

    private readonly Process _process;

    private SinkProcess(params string[] args)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (string arg in (string[])["exec", typeof(SinkProcess).Assembly.Location, .. args])
            start.ArgumentList.Add(arg);
        _process = Process.Start(start)!;
    }

    public static Schema Schema { get; } =
        Tables.SchemaOf(("id", LogicalType.BigInt), ("name", LogicalType.String));

    /// <summary>
    /// Opens a sink as the subtask, writes ids subtask, subtask + p, … and flushes each 20.
    /// </summary>
    public static SinkProcess Writing(
        string url, int subtask, int parallelism, int rows, string table = "t", string job = "job") =>
        new("write", url, Text(subtask), Text(parallelism), Text(rows), table, job);

    /// <summary>Takes the lock of the file, says so, and keeps it.</summary>
    public static SinkProcess Holding(string file)
    {
        var process = new SinkProcess("hold", file);
        process._process.StandardOutput.ReadLine();
        return process;
    }

    /// <summary>Lets it begin; a process that writes waits for that.</summary>
    public void Begin() => _process.StandardInput.WriteLine();

    /// <returns>The exit code, and what it said.</returns>
    public (int ExitCode, string Said) End()
    {
        string said = _process.StandardOutput.ReadToEnd();
        _process.WaitForExit();
        return (_process.ExitCode, said);
    }

    /// <summary>Stops it wherever it is.</summary>
    public void Pause() => Assert.Equal(0, Signal(_process.Id, Stop));

    public void Wake() => Assert.Equal(0, Signal(_process.Id, Continue));

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }

    internal static void Run(string[] args)
    {
        if (args[0] == "hold") Hold(args[1]);
        else Write(args[1], Number(args[2]), Number(args[3]), Number(args[4]), args[5], args[6]);
    }

    private static void Hold(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        Console.WriteLine("held");
        Console.ReadLine();
    }

    private static void Write(
        string url, int subtask, int parallelism, int rows, string name, string job)
    {
        Console.ReadLine();
        try
        {
            TableSpec table = Tables.Of(url, Schema, [0]);
            using ISinkWriter sink = new JdbcConnector().OpenSink(
                table with { Options = table.Options.SetItem("table-name", name) },
                Tables.ContextOf(1, subtask, parallelism, job: job));
            for (int row = 0; row < rows; row++)
            {
                sink.Write(Tables.Batch(
                    Tables.Longs(subtask + ((long)row * parallelism)), BytesColumn.Of(Text(row))));
                if (row % 20 == 19) sink.Flush();
            }
            sink.Flush();
        }
        catch (Exception e)
        {
            Console.WriteLine(e);
            Environment.ExitCode = 1;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
