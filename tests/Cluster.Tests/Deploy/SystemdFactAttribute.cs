using Xunit;

namespace Millrace.Cluster.Tests.Deploy;

/// <summary>Needs the program systemd-analyze.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SystemdFactAttribute : FactAttribute
{
    public SystemdFactAttribute()
    {
        bool isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, "systemd-analyze")));
        if (!isThere) Skip = "There is no systemd-analyze.";
    }
}
