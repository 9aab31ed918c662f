namespace Millrace.Shared.Processes;

/// <summary>How the programs end; docs/cluster.md.</summary>
public static class ExitCode
{
    public const int Orderly = 0;

    /// <summary>It could not start, and one sentence on stderr says why.</summary>
    public const int Refused = 1;

    /// <summary>The cluster has gone on without it; whatever starts it again starts a new node.</summary>
    public const int Removed = 3;

    /// <summary>
    /// It could not start since something that it needs does not answer, and one sentence on stderr says
    /// what: another start may succeed.
    /// </summary>
    public const int Unavailable = 4;
}
