using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Millrace.Shared.Hosting;

namespace Millrace.Shared.Membership;

/// <summary>
/// Greets an address by TLS and hangs up. Remoting must only be let at a port that has passed it: Akka shuts
/// a node down whose handshake with another one fails, and an address may belong to a stranger by now.
/// </summary>
internal sealed class TlsProbe(NodeCertificate certificate)
{
    /// <summary>As for an answer: a node that is just starting is slow.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <returns>Whether it speaks TLS and shows a certificate that this node accepts.</returns>
    public async Task<bool> PassesAsync(string host, int port, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Timeout);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, limit.Token).ConfigureAwait(false);
            using var stream = new NetworkStream(socket);
            using var secure = new SslStream(
                stream, leaveInnerStreamOpen: true, (_, shown, _, _) => certificate.Accepts(shown));
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    ClientCertificates = [certificate.Own],
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                },
                limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return false;
        }
    }
}
