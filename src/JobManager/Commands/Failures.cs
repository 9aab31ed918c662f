using Millrace.CommandProtocol;
using Millrace.Shared.Errors;

namespace Millrace.JobManager.Commands;

/// <summary>What a client is told when a command does not come to its end.</summary>
internal static class Failures
{
    /// <returns>Null when it came to its end.</returns>
    /// <exception cref="IOException">The client is gone.</exception>
    public static async Task<ServerFrame?> OfAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
            return null;
        }
        catch (UsageException e)
        {
            return Refused(RefusalKind.Usage, e.Message);
        }
        catch (MillraceException e)
        {
            return Refused(
                e.Kind == ErrorKind.Unavailable ? RefusalKind.Unavailable : RefusalKind.Failed, e.Message);
        }
        catch (OperationCanceledException)
        {
            // The client stopped the command and waits for its end.
            return new ServerFrame { Result = new Result(null) };
        }
        catch (Exception e) when (e is not (IOException or ObjectDisposedException))
        {
            return Refused(RefusalKind.Failed, $"This is a bug of Millrace: {e}");
        }
    }

    private static ServerFrame Refused(RefusalKind kind, string message) =>
        new() { Refused = new Refusal(kind, message) };
}
