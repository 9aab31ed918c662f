using System.CommandLine;
using System.CommandLine.Parsing;
using Millrace.Processes;
using Millrace.Shared.Errors;

const int Failed = 1, WrongUsage = 2, Cancelled = 130;
return await RunAsync(ClusterCommand.Create().Parse(args));

static async Task<int> RunAsync(ParseResult command)
{
    if (command.Errors is [ParseError wrong, ..]) return await EndAsync(WrongUsage, wrong.Message);
    try
    {
        return await command.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }
    catch (Exception e) when (e is MillraceException or IOException or UnauthorizedAccessException)
    {
        return await EndAsync(Failed, e.Message);
    }
    catch (OperationCanceledException)
    {
        return await EndAsync(Cancelled, "Cancelled.");
    }
}

static async Task<int> EndAsync(int exitCode, string sentence)
{
    await Console.Error.WriteLineAsync($"cluster: {sentence}");
    return exitCode;
}
