using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Millrace.JobManager.Tests.Membership;

/// <summary>Who speaks TLS with a node's remoting, but dies early or is not let in.</summary>
internal sealed class TlsStranger(X509Certificate2? certificate)
{
    /// <summary>Longer than any greeting.</summary>
    public const int WholeLife = int.MaxValue;

    private static readonly byte[] HalfFrame = [100, 0, 0, 0, 1, 2, 3];

    /// <summary>Calls a node and dies after so many bytes, at the latest within a frame of Akka's.</summary>
    /// <returns>How many bytes it has sent in a greeting that was complete.</returns>
    public async Task<int> CallAsync(int port, int lifeBytes = WholeLife, bool isReset = false)
    {
        using MortalStream stream = await ConnectAsync(port, lifeBytes, isReset);
        return await SpeakAsync(stream, isPatient: false, GreetAsync);
    }

    /// <summary>Calls a node and stays until that one hangs up.</summary>
    public async Task KnockAsync(int port)
    {
        using MortalStream stream = await ConnectAsync(port, WholeLife, isReset: false);
        await SpeakAsync(stream, isPatient: true, GreetAsync);
    }

    /// <summary>Takes a node's call, and dies likewise, or when it has heard something of Akka's.</summary>
    /// <returns>How many bytes it has sent in a greeting that was complete.</returns>
    public async Task<int> AnswerAsync(Socket caller, int lifeBytes = WholeLife, bool isReset = false)
    {
        using var stream = new MortalStream(caller, lifeBytes, isReset);
        return await SpeakAsync(stream, isPatient: true, secure => secure.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = true,
            }));
    }

    private Task GreetAsync(SslStream secure) => secure.AuthenticateAsClientAsync(
        new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            ClientCertificates = certificate is null ? null : [certificate],
        });

    private static async Task<MortalStream> ConnectAsync(int port, int lifeBytes, bool isReset)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new MortalStream(socket, lifeBytes, isReset);
    }

    private static async Task<int> SpeakAsync(
        MortalStream stream, bool isPatient, Func<SslStream, Task> greet)
    {
        using var secure = new SslStream(
            stream, leaveInnerStreamOpen: true, (_, shown, _, _) => shown is not null);
        int greetingBytes = 0;
        try
        {
            await greet(secure);
            greetingBytes = stream.SentBytes;
            await secure.WriteAsync(HalfFrame);
            if (!isPatient || await secure.ReadAsync(new byte[1]) > 0) stream.Die();
        }
        catch (Exception e) when (e is IOException or AuthenticationException or ObjectDisposedException)
        {
            // Dead, or hung up on.
        }
        return greetingBytes;
    }
}
