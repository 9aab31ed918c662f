using Microsoft.Extensions.Logging;

namespace Millrace.TaskManager.Exchange.Network;

/// <summary>What an operator of the cluster reads of the exchange; nothing is logged a frame.</summary>
internal static partial class ExchangeLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Takes records of other processes on {Address}")]
    public static partial void Listens(this ILogger log, string address);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Closed a connection from {Remote} to the data port {Address}: {Why}")]
    public static partial void ConnectionRefused(this ILogger log, string remote, string address, string why);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "{What} It carried {Channels} channels, whose subtasks fail")]
    public static partial void ConnectionLost(this ILogger log, string what, int channels);
}
