using Millrace.JobManager.Hosting;
using Millrace.Shared.Configuration;
using Millrace.TaskManager.Hosting;
using Xunit;

namespace Millrace.Cluster.Tests;

/// <summary>
/// docs/operations.md has every key as the programs know it (<c>--help=markdown</c> prints them).
/// </summary>
public sealed class OperationsPageTests
{
    private static readonly string Page =
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

    [Fact]
    public void It_has_every_key_of_the_JobManager() => AssertShown(JobManagerKeys.All);

    [Fact]
    public void It_has_every_key_of_the_TaskManager() => AssertShown(TaskManagerKeys.All);

    private static void AssertShown(ConfigTable keys) =>
        Assert.Contains(ConfigHelp.Markdown(keys), Page, StringComparison.Ordinal);
}
