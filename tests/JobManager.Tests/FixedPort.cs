using System.Net;
using System.Net.Sockets;

namespace Millrace.JobManager.Tests;

/// <summary>
/// Ports that stay free while nobody of a test listens on them: below those that the system gives to connections and to
/// listeners on port 0, which other tests open all the time.
/// </summary>
internal static class FixedPort
{
    private const int First = 20_000, End = 32_000;

    /// <summary>One on which nobody listens now.</summary>
    public static int Next()
    {
        while (true)
        {
            int port = Random.Shared.Next(First, End);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody's.
            }
        }
    }
}
