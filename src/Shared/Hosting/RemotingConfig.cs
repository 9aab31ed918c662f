using Akka.Remote.Hosting;
using Akka.Remote.Transport.DotNetty;

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
            remoting.Ssl = Of(NodeCertificate.Load(tls));
        }
        return remoting;
    }

    private static SslOptions Of(NodeCertificate certificate) => new()
    {
        X509Certificate = certificate.Own,
        RequireMutualAuthentication = true,
        ValidateCertificateHostname = false,
        SuppressValidation = false,
        CustomValidator = CertificateValidation.PinnedCertificate(certificate.Accepted),
    };
}
