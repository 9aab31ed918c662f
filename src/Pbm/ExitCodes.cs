namespace Millrace.Pbm;

internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The command failed; a sentence is on stderr.</summary>
    public const int Failed = 1;

    public const int Usage = 2;

    /// <summary>No JobManager could be reached.</summary>
    public const int Unreachable = 3;

    /// <summary>As shells count a Ctrl-C.</summary>
    public const int Interrupted = 130;
}
