using Xunit;

namespace Millrace.Cluster.Tests.Network;

/// <summary>Needs root and <c>ip netns</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NetworkFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Problem = new(() =>
    {
        if (Environment.UserName != "root") return "Only root can make network hosts.";
        try
        {
            using var hosts = new NetworkHosts();
            return null;
        }
        catch (Exception e)
        {
            return $"No network hosts can be made here: {e.Message}";
        }
    });

    public NetworkFactAttribute()
    {
        if (Problem.Value is { } problem) Skip = problem;
    }
}
