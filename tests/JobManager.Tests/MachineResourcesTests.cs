using Millrace.Shared.Hosting;
using Xunit;

namespace Millrace.JobManager.Tests;

public sealed class MachineResourcesTests
{
    private const string MemInfo = "MemTotal:        4023456 kB\nMemFree:          123456 kB\n";

    [Theory]
    [InlineData(MemInfo, "max\n", 4023456L * 1024)]
    [InlineData(MemInfo, "2147483648\n", 2147483648L)]
    [InlineData(MemInfo, "9223372036854771712", 4023456L * 1024)]
    [InlineData("", "1073741824", 1073741824L)]
    public void Memory_is_the_least_of_the_machine_and_the_limits_of_the_container(
        string memInfo, string limit, long bytes) =>
        Assert.Equal(bytes, MachineResources.MemoryOf(memInfo, ["", limit]));

    [Fact]
    public void Where_nothing_is_said_nothing_is_known() =>
        Assert.Null(MachineResources.MemoryOf("", ["", "max"]));
}
