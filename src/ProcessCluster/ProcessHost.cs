namespace Millrace.Processes;

/// <summary>Another network host on this machine.</summary>
/// <param name="Words">The command line that runs a program there; the program's words follow.</param>
/// <param name="Address">What its processes bind to.</param>
public sealed record ProcessHost(IReadOnlyList<string> Words, string Address);
