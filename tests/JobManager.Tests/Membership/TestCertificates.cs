using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Millrace.Shared.Hosting;

namespace Millrace.JobManager.Tests.Membership;

/// <summary>Certificates in files of a folder.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    public string File(string name) => Path.Combine(_folder.FullName, name);

    /// <param name="from">When it becomes valid, from now.</param>
    /// <param name="to">When it expires, from now.</param>
    public TlsOptions New(string name, TimeSpan? from = null, TimeSpan? to = null, bool hasKey = true)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 whole = request.CreateSelfSigned(
            now + (from ?? TimeSpan.FromDays(-1)), now + (to ?? TimeSpan.FromDays(1)));
        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(whole.RawData);
        System.IO.File.WriteAllBytes(
            File($"{name}.p12"), (hasKey ? whole : bare).Export(X509ContentType.Pkcs12, "secret"));
        System.IO.File.WriteAllText(File($"{name}.password"), "secret\n");
        return new TlsOptions
        {
            CertificateFile = File($"{name}.p12"),
            PasswordFile = File($"{name}.password"),
        };
    }
}
