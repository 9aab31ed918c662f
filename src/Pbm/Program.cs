using Millrace.Pbm;
using Millrace.Pbm.Output;

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    // The second one ends the process.
    pressed.Cancel = !interrupted.IsCancellationRequested;
    interrupted.Cancel();
};
return await new PbmProgram(PbmConsole.Real()).RunAsync(args, interrupted.Token);
