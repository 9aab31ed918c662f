using Xunit;

namespace Millrace.Cluster.Tests;

/// <summary>A test of minutes, which <c>./test --nightly</c> runs.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NightlyFactAttribute : FactAttribute
{
    /// <param name="needsServer">A MySQL or MariaDB, named by MILLRACE_MYSQL.</param>
    public NightlyFactAttribute(bool needsServer = false)
    {
        if (Environment.GetEnvironmentVariable("MILLRACE_NIGHTLY") is null or "")
            Skip = "./test --nightly runs it.";
        else if (needsServer && MySqlFactAttribute.Url is null or "")
            Skip = "MILLRACE_MYSQL names no MySQL server.";
    }
}
