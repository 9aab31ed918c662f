using Millrace.Run;
using Millrace.Run.CommandLine;
using Millrace.Run.Events;
using Millrace.Shared.Errors;
using Spectre.Console;

return await RunCommand.Parse(RunCommand.Create(RunAsync), args).InvokeAsync();

static async Task<int> RunAsync(RunOptions options, CancellationToken cancel)
{
    IAnsiConsole console = AnsiConsole.Console;
    // In a file or a pipe nobody wants lines broken at 80 columns.
    if (!console.Profile.Out.IsTerminal)
        console.Profile.Width = 200;
    try
    {
        return await new Runner(options, console, TimeProvider.System).RunAsync(cancel);
    }
    catch (Exception e)
        when (e is BadInputException or MillraceException or IOException or UnauthorizedAccessException)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 1;
    }
    catch (OperationCanceledException)
    {
        await Console.Error.WriteLineAsync("Cancelled.");
        return 130;
    }
}
