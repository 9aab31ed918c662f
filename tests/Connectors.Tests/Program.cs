namespace Millrace.Connectors.Tests;

internal static class Program
{
    /// <summary>What tests start as a process of its own.</summary>
    private static void Main(string[] args) => Jdbc.SinkProcess.Run(args);
}
