using System.Net;
using System.Security.Authentication;
using Akka.Event;
using DotNetty.Handlers.Tls;

namespace Millrace.Shared.Remoting;

/// <summary>Why this node does not speak by TLS with who has connected, or was connected to.</summary>
/// <param name="Peer">host:port; of who has connected, the port is any.</param>
/// <param name="Reason">What is wrong with the peer.</param>
/// <param name="News">What makes it new: the peer, without a port that is any, and the reason.</param>
/// <param name="Level">Debug: another line says it.</param>
internal sealed record TlsFailure(string Peer, string Reason, string News, LogLevel Level)
{
    /// <summary>What the check of certificates logs: the peer, as Akka names it, and the reason.</summary>
    public const string Refused = "{0} is refused: {1}";

    public const string NoCertificate = "it shows no certificate";

    /// <summary>Of SslStream, about a certificate of which the check has told already.</summary>
    private const string Checked = "RemoteCertificateValidationCallback";

    /// <returns>Null: the entry is about something else.</returns>
    public static TlsFailure? Of(LogEvent entry)
    {
        if (entry.Message is not LogMessage message) return null;
        object[] about = [.. message.Parameters()];
        if (message.Format == Refused) return Of(about[0], $"{about[1]}", LogLevel.WarningLevel);
        if (message.Format.StartsWith("Mutual TLS required", StringComparison.Ordinal))
            return Of(about[0], NoCertificate, LogLevel.WarningLevel);
        if (entry.Cause is null || about.Length < 2 || !IsOfTls(message, entry)) return null;
        bool isCalled = entry.LogClass.Name.Contains("Client", StringComparison.Ordinal);
        (string reason, LogLevel level) = Explain(entry.Cause);
        return Of(isCalled ? $"@{about[1]}" : about[1], reason, level);
    }

    private static bool IsOfTls(LogMessage message, LogEvent entry) =>
        message.Format.StartsWith("TLS ", StringComparison.Ordinal) || entry.Cause is NotSslRecordException;

    private static (string Reason, LogLevel Level) Explain(Exception cause)
    {
        Exception root = cause.GetBaseException();
        if (root is NotSslRecordException) return ("it does not speak TLS", LogLevel.WarningLevel);
        if (root.Message.Contains(Checked, StringComparison.Ordinal))
            return ("its certificate is not accepted", LogLevel.DebugLevel);
        return cause is AuthenticationException || root is AuthenticationException
                || cause.InnerException is AuthenticationException
            ? ($"it ends the greeting: {root.Message}", LogLevel.WarningLevel)
            // Who only looks whether the port is open does so, too.
            : ("it did not complete the greeting", LogLevel.InfoLevel);
    }

    /// <param name="peer">An end point, or what ends in @host:port: a node that was called.</param>
    private static TlsFailure Of(object peer, string reason, LogLevel level)
    {
        string text = $"{peer}";
        int at = text.IndexOf('@', StringComparison.Ordinal);
        string name = Plain(text[(at + 1)..]);
        string news = at < 0 && name.LastIndexOf(':') is var colon and > 0 ? name[..colon] : name;
        return new TlsFailure(name, reason, $"{news} {reason}", level);
    }

    /// <summary>As others write it: sockets of both families show an IPv4 address as one of IPv6.</summary>
    private static string Plain(string endPoint) =>
        IPEndPoint.TryParse(endPoint, out IPEndPoint? end) && end.Address.IsIPv4MappedToIPv6
            ? $"{end.Address.MapToIPv4()}:{end.Port}"
            : endPoint;
}
