using System.Security.Cryptography.X509Certificates;
using Akka.Remote.Hosting;
using Akka.Remote.Transport.DotNetty;
using Millrace.Shared.Errors;

namespace Millrace.Shared.Hosting;

/// <summary>Says to Akka what <see cref="NodeOptions"/> say of addresses, limits and TLS.</summary>
internal static class RemotingConfig
{
    public static RemoteOptions Of(NodeOptions options)
    {
        var remoting = new RemoteOptions
        {
            HostName = options.Host,
            PublicHostName = options.AdvertisedHost ?? options.Host,
            Port = options.Port,
            MaxFrameSize = options.MaxFrameBytes,
            SendBufferSize = 2L * options.MaxFrameBytes,
            ReceiveBufferSize = 2L * options.MaxFrameBytes,
        };
        if (options.Tls is { } tls)
        {
            remoting.EnableSsl = true;
            remoting.Ssl = Of(tls);
        }
        return remoting;
    }

    private static SslOptions Of(TlsOptions tls)
    {
        X509Certificate2 own = Load(tls);
        string[] accepted = tls.Thumbprints.Count > 0 ? [.. tls.Thumbprints] : [own.Thumbprint];
        return new SslOptions
        {
            X509Certificate = own,
            RequireMutualAuthentication = true,
            ValidateCertificateHostname = false,
            SuppressValidation = false,
            CustomValidator = CertificateValidation.PinnedCertificate(accepted),
        };
    }

    private static X509Certificate2 Load(TlsOptions tls)
    {
        try
        {
            return X509CertificateLoader.LoadPkcs12FromFile(
                tls.CertificateFile, PasswordOf(tls), X509KeyStorageFlags.Exportable);
        }
        catch (Exception e) when (e is IOException or System.Security.Cryptography.CryptographicException)
        {
            throw new MillraceException(
                ErrorKind.Invalid, $"The certificate {tls.CertificateFile} cannot be used: {e.Message}", e);
        }
    }

    private static string? PasswordOf(TlsOptions tls)
    {
        if (tls.PasswordFile is { } file) return File.ReadLines(file).FirstOrDefault();
        return tls.PasswordVariable is { } variable ? Environment.GetEnvironmentVariable(variable) : null;
    }
}
