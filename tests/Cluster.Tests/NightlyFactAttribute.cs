using Xunit;

namespace Millrace.Cluster.Tests;

/// <summary>A test of minutes, which <c>./test --nightly</c> runs.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NightlyFactAttribute : FactAttribute
{
    public NightlyFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("MILLRACE_NIGHTLY") is null or "")
            Skip = "./test --nightly runs it.";
    }
}
