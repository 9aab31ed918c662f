using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Millrace.Processes;
using Xunit;

namespace Millrace.Cluster.Tests;

/// <summary>A cluster whose nodes speak TLS alone.</summary>
public sealed class TlsTests
{
    private const int TaskManagers = 2, Slots = 1;

    [Fact]
    public async Task A_job_runs_under_TLS_and_nodes_without_its_certificate_stay_outside()
    {
        await using var cluster = new TestCluster();
        string[] ours = NewCertificate(cluster, "ours"), theirs = NewCertificate(cluster, "theirs");
        Directory.CreateDirectory(cluster.Folder);
        foreach (string program in (string[])["jobmanager", "taskmanager"])
            File.WriteAllText(
                Path.Combine(cluster.Folder, $"{program}.yaml"),
                $"tls:\n  certificate_file: \"{ours[0]}\"\n  password_file: \"{ours[1]}\"\n");
        await cluster.StartAsync(jobManagers: 1, TaskManagers, Slots);
        var job = new CountingJob(cluster, "under-tls");
        await job.StartAsync();
        IReadOnlyList<string> members = await cluster.MembersAsync();

        NodeProcess leader = cluster.Of(ProcessRole.JobManager)[0];
        string seeds = $"--cluster.seeds={leader.AddressOf("remoting")}";
        // Else the file of the folder is taken.
        File.WriteAllText(cluster.File("plain.yaml"), "slots: 1\n");
        NodeProcess plain = cluster.Launch(
            ProcessRole.TaskManager, seeds, $"--config={cluster.File("plain.yaml")}");
        NodeProcess stranger = cluster.Launch(
            ProcessRole.TaskManager, seeds, $"--tls.certificate_file={theirs[0]}",
            $"--tls.password_file={theirs[1]}");
        foreach (NodeProcess node in (NodeProcess[])[plain, stranger])
            await Wait.ForAsync(
                () => File.Exists(node.Log) && File.ReadAllText(node.Log).Contains(
                    $"{leader.AddressOf("remoting")} takes connections but does not answer",
                    StringComparison.Ordinal),
                () => $"{node.Name} says why it finds no cluster: {File.ReadAllText(node.Log)}");
        Assert.Equal(members, await cluster.Pbm.MembersAsync());
        string[] lines = File.ReadAllLines(leader.Log);
        Assert.Single(
            lines, l => l.Contains("is not one of those that this node accepts", StringComparison.Ordinal));
        Assert.Single(lines, l => l.Contains("it does not speak TLS", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, l => l.Contains("ERROR", StringComparison.Ordinal));
        foreach (NodeProcess node in (NodeProcess[])[plain, stranger]) Signals.SendKill(node);

        await job.FlowsAsync();
        Assert.Equal(0, (await job.LookAsync())!.Restarts);
        await job.StopAsync();
        await cluster.StopAsync();
    }

    /// <returns>The files of a certificate and of its password.</returns>
    private static string[] NewCertificate(TestCluster cluster, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        string file = cluster.File($"{name}.p12"), password = cluster.File($"{name}.password");
        File.WriteAllBytes(file, certificate.Export(X509ContentType.Pkcs12, "secret"));
        File.WriteAllText(password, "secret\n");
        return [file, password];
    }
}
