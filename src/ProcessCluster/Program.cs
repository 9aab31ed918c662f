using System.CommandLine;
using System.CommandLine.Invocation;
using Millrace.Processes;
using Millrace.Shared.Errors;

return await RunAsync(ClusterCommand.Create().Parse(args));

static async Task<int> RunAsync(ParseResult command)
{
    if (command.Action is ParseErrorAction refusal) refusal.ShowHelp = false;
    try
    {
        return await command.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }
    catch (Exception e) when (e is MillraceException or IOException or UnauthorizedAccessException)
    {
        await Console.Error.WriteLineAsync($"cluster: {e.Message}");
        return 1;
    }
    catch (OperationCanceledException)
    {
        await Console.Error.WriteLineAsync("cluster: Cancelled.");
        return 130;
    }
}
