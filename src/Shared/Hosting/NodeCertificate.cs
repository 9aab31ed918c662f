using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Millrace.Shared.Errors;

namespace Millrace.Shared.Hosting;

/// <summary>The node's certificate, and which of others it accepts.</summary>
public sealed class NodeCertificate
{
    private NodeCertificate(X509Certificate2 own, string[] accepted)
    {
        Own = own;
        Accepted = accepted;
    }

    public X509Certificate2 Own { get; }

    /// <summary>SHA-1 thumbprints.</summary>
    public string[] Accepted { get; }

    /// <exception cref="MillraceException">Invalid: the file or its password is wrong.</exception>
    public static NodeCertificate Load(TlsOptions tls)
    {
        try
        {
            X509Certificate2 own = X509CertificateLoader.LoadPkcs12FromFile(
                tls.CertificateFile, PasswordOf(tls), X509KeyStorageFlags.Exportable);
            return new NodeCertificate(
                own, tls.Thumbprints.Count > 0 ? [.. tls.Thumbprints] : [own.Thumbprint]);
        }
        catch (Exception e) when (e is IOException or CryptographicException)
        {
            throw new MillraceException(
                ErrorKind.Invalid, $"The certificate {tls.CertificateFile} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Whether a certificate that another node shows is one of those accepted.</summary>
    public bool Accepts(X509Certificate? shown) =>
        shown is not null && Accepted.Contains(shown.GetCertHashString(), StringComparer.OrdinalIgnoreCase);

    private static string? PasswordOf(TlsOptions tls)
    {
        if (tls.PasswordFile is { } file) return File.ReadLines(file).FirstOrDefault();
        return tls.PasswordVariable is { } variable ? Environment.GetEnvironmentVariable(variable) : null;
    }
}
