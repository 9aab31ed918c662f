using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Millrace.Shared.Hosting;

namespace Millrace.TaskManager.Exchange.Network;

/// <summary>
/// Mutual TLS over the connections of a process where it is configured: both sides show a certificate and
/// accept the other's by its thumbprint, so names and authorities don't count.
/// </summary>
internal sealed class SecureStreams(NodeCertificate? certificate)
{
    /// <exception cref="System.Security.Authentication.AuthenticationException">
    /// The other side shows no accepted certificate, or does not accept this one.
    /// </exception>
    public async Task<Stream> ConnectAsync(NetworkStream stream, CancellationToken cancel)
    {
        if (certificate is null) return stream;
        SslStream secure = NewStream(stream, certificate);
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "millrace",
                ClientCertificates = [certificate.Own],
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            },
            cancel).ConfigureAwait(false);
        return secure;
    }

    /// <exception cref="System.Security.Authentication.AuthenticationException">
    /// The other side shows no accepted certificate, or speaks no TLS.
    /// </exception>
    public async Task<Stream> AcceptAsync(NetworkStream stream, CancellationToken cancel)
    {
        if (certificate is null) return stream;
        SslStream secure = NewStream(stream, certificate);
        await secure.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate.Own,
                ClientCertificateRequired = true,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            },
            cancel).ConfigureAwait(false);
        return secure;
    }

    private static SslStream NewStream(NetworkStream stream, NodeCertificate certificate) =>
        new(stream, leaveInnerStreamOpen: false, (_, shown, _, _) => certificate.Accepts(shown));
}
