using System.Security.Cryptography.X509Certificates;
using Akka.Event;
using Akka.Remote.Hosting;
using Millrace.Shared.Remoting;

namespace Millrace.Shared.Hosting;

/// <summary>Says to Akka what <see cref="NodeOptions"/> say of addresses, limits and TLS.</summary>
internal static class RemotingConfig
{
    /// <summary>With TLS; <see cref="RemoteOptions"/> have no option for it.</summary>
    public static readonly string OfTls =
        $"akka.remote.dot-netty.tcp.transport-class = \"{typeof(TlsTransport).AssemblyQualifiedName}\"";

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
        CustomValidator = (shown, _, peer, _, log) => Accepts(certificate, shown, peer, log),
    };

    private static bool Accepts(
        NodeCertificate certificate, X509Certificate2? shown, string peer, ILoggingAdapter log)
    {
        if (certificate.Accepts(shown)) return true;
        log.Warning(
            TlsFailure.Refused, peer,
            shown is null
                ? TlsFailure.NoCertificate
                : $"its certificate (SHA-1 {shown.Thumbprint}) is not one of those that this node accepts");
        return false;
    }
}
