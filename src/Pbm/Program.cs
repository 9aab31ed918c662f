using Millrace.Pbm;
using Millrace.Pbm.Output;
using Millrace.Pbm.Shell;

using var interrupts = new Interrupts();
try
{
    return await new PbmProgram(PbmConsole.Real()).RunAsync(args, interrupts);
}
catch (PbmException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return e.ExitCode;
}
