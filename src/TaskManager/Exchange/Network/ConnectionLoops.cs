using System.Net.Sockets;
using System.Security.Authentication;

namespace Millrace.TaskManager.Exchange.Network;

/// <summary>What a connection does with a frame; the payload is valid for the call.</summary>
internal delegate void FrameHandler(FrameHeader header, ReadOnlySpan<byte> payload);

/// <summary>How a connection ended.</summary>
/// <param name="Why">The end of a sentence.</param>
/// <param name="IsOrderly">One side closed it between two frames.</param>
internal readonly record struct ConnectionEnd(string Why, bool IsOrderly);

/// <summary>The life of a connection after both sides have greeted.</summary>
internal static class ConnectionLoops
{
    /// <summary>Sends and receives until one of both ends; then the stream is closed.</summary>
    /// <remarks>Never throws.</remarks>
    public static async Task<ConnectionEnd> RunAsync(
        Stream stream, FrameSender sender, int maxFrameBytes, FrameHandler handle, CancellationToken cancel)
    {
        Task sending = sender.RunAsync(stream, cancel);
        Task receiving = ReceiveAsync(stream, maxFrameBytes, handle, cancel);
        Task first = await Task.WhenAny(sending, receiving).ConfigureAwait(false);
        sender.Stop();
        // Ends whichever still waits for the socket.
        await stream.DisposeAsync().ConfigureAwait(false);
        ConnectionEnd end = await EndOfAsync(first).ConfigureAwait(false);
        await EndOfAsync(first == sending ? receiving : sending).ConfigureAwait(false);
        return end;
    }

    /// <summary>Why an operation on the network failed, as the end of a sentence.</summary>
    public static string Describe(Exception failure) => failure switch
    {
        OperationCanceledException => "this process closed it",
        ObjectDisposedException => "this process closed it",
        IOException { InnerException: SocketException e } => e.Message,
        IOException or SocketException or InvalidDataException or AuthenticationException =>
            failure.Message.TrimEnd('.'),
        _ => failure.ToString(),
    };

    private static async Task ReceiveAsync(
        Stream stream, int maxFrameBytes, FrameHandler handle, CancellationToken cancel)
    {
        using var reader = new FrameReader(stream, maxFrameBytes);
        while (await reader.FillAsync(cancel).ConfigureAwait(false)) HandleAll(reader, handle);
    }

    private static void HandleAll(FrameReader reader, FrameHandler handle)
    {
        while (reader.TryTake(out FrameHeader header, out ReadOnlySpan<byte> payload))
            handle(header, payload);
    }

    private static async Task<ConnectionEnd> EndOfAsync(Task loop)
    {
        try
        {
            await loop.ConfigureAwait(false);
            return new ConnectionEnd("the other side closed it", true);
        }
        catch (Exception e)
        {
            return new ConnectionEnd(Describe(e), e is OperationCanceledException);
        }
    }
}
