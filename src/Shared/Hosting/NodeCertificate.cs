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

    /// <exception cref="MillraceException">
    /// Invalid: the file or its password is wrong, the key is missing, or the certificate is not valid now.
    /// One that expires while its node runs goes on to be accepted.
    /// </exception>
    public static NodeCertificate Load(TlsOptions tls)
    {
        X509Certificate2 own = Read(tls);
        if (FaultOf(own, TimeProvider.System.GetUtcNow()) is { } fault) throw Unusable(tls, fault);
        return new NodeCertificate(own, tls.Thumbprints.Count > 0 ? [.. tls.Thumbprints] : [own.Thumbprint]);
    }

    /// <summary>Whether a certificate that another node shows is one of those accepted.</summary>
    public bool Accepts(X509Certificate? shown) =>
        shown is not null && Accepted.Contains(shown.GetCertHashString(), StringComparer.OrdinalIgnoreCase);

    private static X509Certificate2 Read(TlsOptions tls)
    {
        try
        {
            return X509CertificateLoader.LoadPkcs12(
                File.ReadAllBytes(tls.CertificateFile), PasswordOf(tls), X509KeyStorageFlags.Exportable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Unusable(tls, e.Message, e);
        }
    }

    private static string? FaultOf(X509Certificate2 own, DateTimeOffset now)
    {
        if (!own.HasPrivateKey) return "it has no private key";
        if (now < own.NotBefore) return $"it is valid from {own.NotBefore.ToUniversalTime():u} on";
        return now > own.NotAfter ? $"it expired at {own.NotAfter.ToUniversalTime():u}" : null;
    }

    private static MillraceException Unusable(TlsOptions tls, string fault, Exception? cause = null) =>
        new(ErrorKind.Invalid, $"The certificate {tls.CertificateFile} cannot be used: {fault}", cause);

    private static string? PasswordOf(TlsOptions tls)
    {
        if (tls.PasswordFile is { } file) return File.ReadLines(file).FirstOrDefault();
        return tls.PasswordVariable is { } variable ? Environment.GetEnvironmentVariable(variable) : null;
    }
}
