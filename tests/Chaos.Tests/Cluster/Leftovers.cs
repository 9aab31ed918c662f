using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>What a cluster that has stopped may leave behind: what it stores, and no more.</summary>
internal static class Leftovers
{
    public static async Task AssertNoneAsync(
        string folder, IReadOnlyList<ChaosNode> nodes, IReadOnlyList<ChaosJob> jobs)
    {
        foreach (ChaosNode node in nodes)
        {
            Assert.True(node.System.WhenTerminated.IsCompleted, $"{node} has stopped");
            await UntilRefusedAsync(IPAddress.Loopback, node.Address.Port!.Value);
            if (node.Runtime is not { } runtime) continue;
            // A thread that has done its last work ends a moment later.
            await ChaosCluster.UntilAsync(
                () => !runtime.LiveThreads.Any(),
                $"the threads of {node} have ended: {string.Join(", ", runtime.LiveThreads)}");
            await UntilRefusedAsync(IPAddress.Loopback, runtime.DataPort);
            await UntilRefusedAsync(IPAddress.Parse(DataRelay.Host), runtime.DataPort);
        }
        Assert.All(jobs, job => Assert.True(job.HasOnlyRetained));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories),
            f => !IsStored(f) && !jobs.Any(j => f.StartsWith(j.Folder, StringComparison.Ordinal)));
    }

    /// <summary>The databases of jobs and of results, and what nodes remember.</summary>
    private static bool IsStored(string file) => Path.GetFileName(file) is
        "jobmanager.db" or "jobmanager.db-wal" or "jobmanager.db-shm" or "results.db" or "members"
        or "cluster-id" or "forming.lock";

    /// <summary>Another test's node may have the port for a while.</summary>
    private static Task UntilRefusedAsync(IPAddress host, int port) => ChaosCluster.UntilAsync(
        async () =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(host, port);
                return false;
            }
            catch (SocketException)
            {
                return true;
            }
        },
        $"{host}:{port} is closed");
}
