namespace Millrace.Pbm;

/// <summary>Ends the command line with a sentence on stderr.</summary>
internal sealed class PbmException(int exitCode, string message) : Exception(message)
{
    public int ExitCode => exitCode;

    public static PbmException Usage(string message) => new(ExitCodes.Usage, message);
}
