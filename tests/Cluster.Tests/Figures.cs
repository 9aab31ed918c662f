namespace Millrace.Cluster.Tests;

/// <summary>What <c>./test --nightly</c> prints at its end.</summary>
internal static class Figures
{
    public static void Tell(string text)
    {
        if (Environment.GetEnvironmentVariable("MILLRACE_NIGHTLY") is { Length: > 0 } folder
            && Directory.Exists(folder))
            File.AppendAllText(Path.Combine(folder, "chaos.txt"), text + "\n");
    }
}
