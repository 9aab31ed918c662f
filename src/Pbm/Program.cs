using Millrace.Pbm;
using Millrace.Pbm.Output;
using Millrace.Pbm.Shell;

using var interrupts = new Interrupts();
return await new PbmProgram(PbmConsole.Real()).RunAsync(args, interrupts);
